// node asyncapi.js FILE: what the official parser finds, as JSON; severities are 0 error, 1 warning, 2 information, 3 hint.
import { Parser, fromFile } from '@asyncapi/parser';

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const found = diagnostics.map(({ code, message, path, severity }) => ({ code, message, path: path.join('.'), severity }));
if (!document && found.length === 0)
  found.push({ code: 'no-document', message: 'The parser made no document of it', path: '', severity: 0 });
console.log(JSON.stringify(found));
