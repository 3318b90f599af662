import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { StreamRecord } from '../../../lib/table/changes.ts';
import type { RawItem } from '../../../lib/table/send.ts';
import { startTestBus } from '../../support/eventBus.ts';
import { captureLogs } from '../../support/output.ts';
import { findSecrets } from '../../support/secrets.ts';
import { subjectOf, told } from '../../support/tellings.ts';
import { storedUser } from '../../support/users.ts';

const bus = await startTestBus();
const { handler } = await import('../../../functions/jobs/publishEvents.ts');
const { newUserWrites } = await import('../../../lib/table/users.ts');

beforeEach(() => {
  bus.events.length = bus.offered.length = bus.queue.messages.length = 0;
  bus.queue.answers = true;
  bus.refuse = () => undefined;
});

afterAll(() => bus.stop());

let sequence = 100;

const record = (key: RawItem, before?: RawItem, after?: RawItem): StreamRecord => ({
  dynamodb: {
    Keys: marshall(key),
    ...(before && { OldImage: marshall(before) }),
    ...(after && { NewImage: marshall(after) }),
    SequenceNumber: String(++sequence),
    ApproximateCreationDateTime: 1_795_000_000,
  },
});

/** The records of a user who registers and then writes a bio as often as said. */
function life(username: string, bios = 0, damage: object = {}): StreamRecord[] {
  const { PK, SK, ...user } = newUserWrites(storedUser(++sequence, { username })).username.Put.Item;
  const at = (n: number) => ({ PK, SK, ...user, bio: `bio ${n}` });
  const changes = Array.from({ length: bios }, (_, n) => record({ PK, SK }, at(n), at(n + 1)));
  return [record({ PK, SK }, undefined, { ...at(0), ...damage }), ...changes];
}

const deliver = (Records: StreamRecord[], time_left = 60_000) =>
  handler({ Records }, { getRemainingTimeInMillis: () => time_left });

const NOTHING_FAILED = { batchItemFailures: [] };
const failedFrom = (failed: StreamRecord | undefined) => ({
  batchItemFailures: [{ itemIdentifier: failed?.dynamodb.SequenceNumber }],
});

const typesOf = (name: string) =>
  bus.events.filter((event) => subjectOf(event) === name).map((event) => event['detail-type']);

test('publishes the events of a batch on behalf of this service, at the time of the change', async () => {
  expect(await deliver([...life('anna', 1), ...life('ben')])).toEqual(NOTHING_FAILED);
  expect(bus.events.map(told)).toEqual([
    expect.objectContaining({ type: 'UserRegistered' }),
    expect.objectContaining({ type: 'UserRegistered' }),
    expect.objectContaining({ type: 'ProfileUpdated', changed: ['bio'] }),
  ]);
  for (const { source, time, detail } of bus.events) {
    expect({ source, time }).toEqual({ source: 'careers.users', time: detail.occurred_at });
  }
});

test('more than ten users go out in calls of ten', async () => {
  const users = Array.from({ length: 34 }, (_, n) => life(`many-${n}`)).flat();
  expect(await deliver(users)).toEqual(NOTHING_FAILED);
  expect(bus.events.map(subjectOf)).toEqual(Array.from({ length: 34 }, (_, n) => `many-${n}`));
});

test('a batch without anything to tell calls nobody', async () => {
  const key = { PK: 'USER#anna', SK: '#COUNT#00' };
  expect(await deliver([record(key, undefined, { ...key, id: 1 })])).toEqual(NOTHING_FAILED);
  expect(bus.offered).toEqual([]);
});

test('sends again what is refused for the moment, and that alone; the same user’s next event waits', async () => {
  let refusals = 3;
  bus.refuse = (event) => (subjectOf(event) === 'ben' && refusals-- > 0 ? 'ThrottlingException' : undefined);
  expect(await deliver([...life('anna', 2), ...life('ben', 2), ...life('cleo')])).toEqual(NOTHING_FAILED);
  expect(bus.offered.map(subjectOf).filter((name) => name === 'ben')).toHaveLength(3 + 3);
  expect(bus.offered).toHaveLength(7 + 3);
  expect(typesOf('ben')).toEqual(['UserRegistered', 'ProfileUpdated', 'ProfileUpdated']);
});

test('sets aside what is refused for good, and holds nobody up', async () => {
  bus.refuse = (event) =>
    subjectOf(event) === 'ben' && event['detail-type'] === 'UserRegistered' ? 'InvalidArgument' : undefined;
  const [anna, ben] = [life('anna', 3), life('ben', 3)];
  const { result, lines } = await captureLogs(() => deliver([...ben, ...anna]));
  expect(result).toEqual(NOTHING_FAILED);
  expect(typesOf('anna')).toHaveLength(4);
  expect(typesOf('ben')).toEqual(['ProfileUpdated', 'ProfileUpdated', 'ProfileUpdated']);
  const sequence = ben[0]?.dynamodb.SequenceNumber;
  const why = { reason: 'InvalidArgument', event: 'UserRegistered', sequence };
  expect(bus.queue.messages).toEqual([{ ...why, key: { PK: 'USER#ben', SK: '#PROFILE' } }]);
  expect(lines).toEqual([
    expect.objectContaining({ message: 'event_refused', ...why }),
    expect.objectContaining({ message: 'events', published: 7, set_aside: 1 }),
  ]);
});

test('sets aside a damaged item without a word of what is in it, and holds nobody up', async () => {
  const [anna, ben] = [life('anna', 1), life('ben', 2, { bio: 7 })];
  const { result, lines } = await captureLogs(() => deliver([...ben, ...anna]));
  expect(result).toEqual(NOTHING_FAILED);
  expect(typesOf('anna')).toHaveLength(2);
  expect(typesOf('ben')).toHaveLength(2);
  expect(bus.queue.messages).toEqual([
    expect.objectContaining({
      reason: 'A user item is damaged at: bio.',
      key: { PK: 'USER#ben', SK: '#PROFILE' },
    }),
  ]);
  expect(findSecrets(JSON.stringify([lines, bus.queue.messages]))).toEqual([]);
});

test('loses nothing when it cannot even be set aside', async () => {
  bus.queue.answers = false;
  await expect(deliver([...life('ben', 0, { bio: 7 }), ...life('anna')])).rejects.toThrow();
  bus.refuse = (event) => (subjectOf(event) === 'ben' ? 'InvalidArgument' : undefined);
  const ben = life('ben');
  expect(await deliver(ben)).toEqual(failedFrom(ben[0]));
});

test('stops before its time is up, and reports the first change that may not be out', async () => {
  bus.refuse = (event) => (subjectOf(event) === 'anna' ? undefined : 'ThrottlingException');
  const [anna, ben] = [life('anna'), life('ben')];
  const start = performance.now();
  const { result, lines } = await captureLogs(() => deliver([...anna, ...ben], 1300));
  expect(performance.now() - start).toBeLessThan(1300);
  expect(result).toEqual(failedFrom(anna[0]));
  expect(lines[0]).toMatchObject({ message: 'events_delayed' });
});

test('a delivery that comes again has the same ids', async () => {
  const records = [...life('anna', 2), ...life('ben', 1)];
  await deliver(records);
  const ids = bus.events.map(({ detail }) => detail.event_id);
  await deliver(records);
  expect(bus.events.map(({ detail }) => detail.event_id)).toEqual([...ids, ...ids]);
  expect(new Set(ids).size).toBe(5);
});
