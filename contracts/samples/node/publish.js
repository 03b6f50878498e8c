// node publish.js [FILE...]    publishes each file's event, or without one an example order and the refund of half of it.
// RABBITMQ_URI is the broker: amqp(s)://user:password@host:port/vhost; of a cluster several hosts, separated by commas.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { argv, env, exit } from 'node:process';
import amqp from 'amqplib';

const exchanges = { order: 'commerce.order-completed', refund: 'commerce.order-refunded' };

// Only a refund has a refundId.
const exchangeOf = (event) => ('refundId' in event ? exchanges.refund : exchanges.order);

function examples() {
  const orderId = `N-${randomUUID()}`;
  return [
    {
      eventId: randomUUID(), orderId, collectorNumber: '80085102028',
      completedAt: new Date().toISOString(), locationCode: '0037', currency: 'CAD',
      lines: [{ lineId: '1', sku: 'SKU-1', category: 'grocery', quantity: 2, amount: 163.98 }],
    },
    {
      eventId: randomUUID(), refundId: `NF-${randomUUID()}`, orderId, refundedAt: new Date().toISOString(),
      lines: [{ lineId: '1', quantity: 1, amount: 81.99 }],
    },
  ];
}

/** The first node that answers; a comma may stand in a password, but not after it. */
async function connect(uri) {
  const [, before, hosts, after] = /^([^/]*\/\/(?:[^/]*@)?)([^/?]*)(.*)$/.exec(uri) ?? [null, '', uri, ''];
  let problem;
  for (const host of hosts.split(',')) {
    try {
      return await amqp.connect(`${before}${host.trim()}${after}`, { timeout: 5000 });
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

/** Resolves when the broker has confirmed that a queue has the event; until then it is not ours to forget. */
function publish(channel, event) {
  const messageId = event.eventId ?? randomUUID();
  return new Promise((resolve, reject) => {
    let returned = false;
    // Mandatory: what no queue takes comes back, and before its confirm.
    const onReturn = (message) => { returned ||= message.properties.messageId === messageId; };
    channel.on('return', onReturn);
    const options = { mandatory: true, persistent: true, contentType: 'application/json', messageId };
    channel.publish(exchangeOf(event), '', Buffer.from(JSON.stringify(event)), options, (error) => {
      channel.off('return', onReturn);
      if (error) reject(new Error('the broker did not take the event; publish the same event again'));
      else if (returned) reject(new Error(`no queue takes ${exchangeOf(event)}: has the worker ever run against this broker?`));
      else resolve();
    });
  });
}

async function main() {
  if (!env.RABBITMQ_URI) throw new Error('set RABBITMQ_URI to amqp(s)://user:password@host:port/vhost');
  const files = argv.slice(2);
  const events = files.length > 0 ? await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')))) : examples();
  const connection = await connect(env.RABBITMQ_URI);
  connection.on('error', () => {}); // whoever waits for a confirm is told anyway
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    for (const event of events) {
      await publish(channel, event);
      console.log(`${exchangeOf(event)} ${event.refundId ?? event.orderId}`);
    }
  } finally {
    await connection.close().catch(() => {});
  }
}

main().catch((error) => {
  console.error(error.message);
  exit(1);
});
