import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../../../../local/service/loopback.ts';
import { deliverByRules } from '../../../../../local/service/stream/rules.ts';
import type { DeliveredEvent } from '../../../../../local/service/stream/sink.ts';

const event = (type: string, account = '000000000000') =>
  ({ 'detail-type': type, source: 'careers.users', account, detail: { n: 1 } }) as DeliveredEvent;

const functions = {
  erase: {
    name: 'users-dev-erase',
    events: [
      {
        eventBridge: {
          pattern: {
            account: [{ Ref: 'AWS::AccountId' }],
            source: ['careers.users'],
            'detail-type': ['AccountDeleted'],
          },
        },
      },
    ],
  },
  other: { events: [{ eventBridge: { pattern: { source: ['careers.posts'] } } }, { stream: {} }] },
  silent: {},
};

/** Something that answers for Lambda, and fails as often as it is told to. */
async function startLambda(failures: number) {
  const invoked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    invoked.push(`${request.url?.split('/').at(-2)} ${JSON.parse(body)['detail-type']}`);
    response.writeHead(invoked.length <= failures ? 500 : 200).end('null');
  });
  const { endpoint, stop } = await listenOnLoopback(server);
  onTestFinished(stop);
  const warnings: string[] = [];
  const port = Number(new URL(endpoint).port);
  const deliver = deliverByRules(functions as never, port, (sentence) => warnings.push(sentence));
  return { deliver, invoked, warnings };
}

test('an event reaches the functions whose patterns fit, and no others', async () => {
  const { deliver, invoked } = await startLambda(0);
  await deliver(event('AccountDeleted'));
  await deliver(event('UserRegistered'));
  await deliver(event('AccountDeleted', '111111111111'));
  expect(invoked).toEqual(['users-dev-erase AccountDeleted']);
});

test('a function that fails gets the event again, three times in all', async () => {
  const twice = await startLambda(2);
  await twice.deliver(event('AccountDeleted'));
  expect([twice.invoked.length, twice.warnings]).toEqual([3, []]);
  const always = await startLambda(9);
  await always.deliver(event('AccountDeleted'));
  expect(always.invoked).toHaveLength(3);
  expect(always.warnings).toEqual([
    'erase has failed 3 times for an event AccountDeleted, which comes to nothing.',
  ]);
});
