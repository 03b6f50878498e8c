// node ajv.js <QUESTIONS: { schemas: { NAME: TEXT }, bodies: [{ schema: NAME, body: BASE64 }] } becomes, in the order of the bodies,
// a list of null (accepted) or why it is refused. A schema that strict mode objects to ends it with 1 and the objection.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const { schemas, bodies } = JSON.parse(readFileSync(0, 'utf8'));
// Two types at once are the contract's way to say "or null"; everything else that strict mode knows is an error.
const ajv = formats(new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false }));
const validators = Object.fromEntries(Object.entries(schemas).map(([name, text]) => [name, ajv.compile(JSON.parse(text))]));
const utf8 = new TextDecoder('utf-8', { fatal: true });

function refusal({ schema, body }) {
  let value;
  try {
    value = JSON.parse(utf8.decode(Buffer.from(body, 'base64')));
  } catch (error) {
    return `no JSON: ${error.message}`;
  }
  return validators[schema](value) ? null : ajv.errorsText(validators[schema].errors);
}

console.log(JSON.stringify(bodies.map(refusal)));
