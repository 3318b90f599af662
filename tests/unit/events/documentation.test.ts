import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { EVENTS, type EventType } from '../../../lib/events/events.ts';
import { root } from '../../../local/serverless.ts';
import { matches } from '../../../local/service/stream/patterns.ts';
import { type DeliveredEvent, startEventSink } from '../../../local/service/stream/sink.ts';
import schemas from '../../../openapi/events.json' with { type: 'json' };
import { startTestBus } from '../../support/eventBus.ts';

const text = readFileSync(join(root, 'docs/events.md'), 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

const [example, details] = blocks('json').map((block) => JSON.parse(block)) as [
  DeliveredEvent,
  Record<EventType, object>,
];
const types = Object.keys(EVENTS) as EventType[];
const inFull = (type: EventType) => ({ ...example, 'detail-type': type, detail: details[type] });

const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);

test('there is a schema, a row and an example of every event, and of nothing else', () => {
  expect(Object.keys(schemas)).toEqual(types);
  expect(Object.keys(details)).toEqual(types);
  expect([...text.matchAll(/^\| `(\w+)`/gm)].map(([, type]) => type)).toEqual(types);
});

test.each(types)('the example of %s is as its schema says, and says nothing else', (type) => {
  expect(ajv.validate(schemas[type], inFull(type)), ajv.errorsText()).toBe(true);
  const other = types.find((one) => one !== type) as EventType;
  expect(ajv.validate(schemas[type], inFull(other))).toBe(false);
});

test('the rule that is shown gets what it is for from the bus, and nothing else', async () => {
  const [rule] = blocks('yaml').map(
    (block) => parse(block, { logLevel: 'silent' }).Resources.FollowedRule.Properties,
  );
  const bus = await startTestBus();
  const got: DeliveredEvent[] = [];
  const sink = await startEventSink(join(bus.folder, 'rule.ndjson'), {
    received: (event) => {
      if (matches(rule.EventPattern, event)) got.push(event);
    },
  });
  process.env.EVENTBRIDGE_ENDPOINT = sink.endpoint;
  const { BATCH_LIMIT, putEvents } = await import('../../../lib/events/bus.ts');
  const events = types.map(
    (type) => ({ type, detail: details[type] }) as Parameters<typeof putEvents>[0][number],
  );
  for (let n = 0; n < events.length; n += BATCH_LIMIT) {
    expect(await putEvents(events.slice(n, n + BATCH_LIMIT))).toEqual([]);
  }
  await Promise.all([sink.stop(), bus.stop()]);
  expect(got.map((event) => [event['detail-type'], event.detail])).toEqual([
    ['UserFollowed', details.UserFollowed],
  ]);
});
