import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StreamRecord } from '../../../../../lib/table/changes.ts';
import type { Subscriber } from '../../../../../local/service/stream/feeder.ts';
import { follow } from '../../../../../local/service/stream/poller.ts';
import { Positions } from '../../../../../local/service/stream/positions.ts';
import { type FakeStream, startFakeStream } from '../../../../support/fakeStream.ts';

let stream: FakeStream;
let folder: string;
let stop: (() => Promise<void>) | undefined;
/** Sequence numbers of what the function was given and did not refuse, in order. */
let given: number[];
let warnings: string[];
/** Says of a record whether the function fails at it. */
let failsAt: (n: number) => boolean;

beforeEach(async () => {
  stream = await startFakeStream();
  folder = await mkdtemp(join(tmpdir(), 'users-api-poller-'));
  given = [];
  warnings = [];
  failsAt = () => false;
});

afterEach(async () => {
  await stop?.();
  await stream.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts it, or starts it again where it was. */
async function start(settings: Partial<Subscriber> = {}): Promise<void> {
  await stop?.();
  const subscriber: Subscriber = {
    name: 'listen',
    async invoke({ Records }) {
      for (const { dynamodb } of Records as StreamRecord[]) {
        const { SequenceNumber } = dynamodb;
        if (failsAt(Number(SequenceNumber)))
          return { batchItemFailures: [{ itemIdentifier: SequenceNumber }] };
        given.push(Number(SequenceNumber));
      }
      return undefined;
    },
    ...settings,
  };
  const { endpoint } = stream;
  const positions = await Positions.read(join(folder, 'positions.json'));
  const warn = (sentence: string) => warnings.push(sentence);
  stop = follow(subscriber, { endpoint, table: 'fake', positions, warn, interval: 5 });
}

const shard = (id: string, records: number[], parent?: string) => {
  stream.shards.push({ ShardId: id, records, closed: false, ...(parent && { ParentShardId: parent }) });
};

const close = (id: string) => {
  for (const one of stream.shards) if (one.ShardId === id) one.closed = true;
};

const poll = () => expect.poll(() => given, { interval: 10, timeout: 5000 });

test('gives the records of a shard in their order, and those that come later', async () => {
  shard('a', [1, 2, 3, 4, 5, 6, 7]);
  await start();
  await poll().toEqual([1, 2, 3, 4, 5, 6, 7]);
  stream.shards[0]?.records.push(8, 9);
  await poll().toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('goes on where it was after a restart', async () => {
  shard('a', [1, 2, 3]);
  await start();
  await poll().toEqual([1, 2, 3]);
  await stop?.();
  stream.shards[0]?.records.push(4);
  await start();
  await poll().toEqual([1, 2, 3, 4]);
});

test('reads children when their parents have no more, whatever order they are listed in', async () => {
  shard('c', [8, 9], 'b');
  shard('b', [4, 5, 6, 7], 'a');
  shard('a', [1, 2, 3]);
  close('a');
  await start();
  await poll().toEqual([1, 2, 3, 4, 5, 6, 7]);
  close('b');
  await poll().toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  close('c');
  shard('d', [10], 'c');
  await poll().toContain(10);
  await start();
  stream.shards[3]?.records.push(11);
  await poll().toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('survives iterators that expire, calls that are refused and records that are gone', async () => {
  shard('a', [1, 2, 3]);
  await start();
  await poll().toEqual([1, 2, 3]);
  stream.expireIterators();
  stream.refusals.push('ThrottlingException', 'InternalServerError');
  stream.shards[0]?.records.push(4);
  await poll().toEqual([1, 2, 3, 4]);
  await stop?.();
  stream.shards[0]?.records.push(5, 6, 7);
  stream.trimmed = 6;
  await start();
  await poll().toEqual([1, 2, 3, 4, 7]);
});

test('survives a database that ends and comes back as another', async () => {
  shard('a', [1, 2, 3]);
  await start();
  await poll().toEqual([1, 2, 3]);
  stream.arn = `${stream.arn}-later`;
  stream.shards = [];
  shard('b', [1, 2]);
  await poll().toEqual([1, 2, 3, 1, 2]);
});

test('keeps the place of each function apart', async () => {
  shard('a', [1, 2]);
  await start();
  await poll().toEqual([1, 2]);
  await start({ name: 'other' });
  await poll().toEqual([1, 2, 1, 2]);
});

test('leaves out what a filter does not let through, and starts at the newest record when asked to', async () => {
  shard('a', [1, 2]);
  await start({
    startingPosition: 'LATEST',
    filterPatterns: [{ dynamodb: { Keys: { SK: { S: [{ prefix: 'NEW' }] } } } }],
  });
  await expect.poll(() => stream.asked.GetRecords ?? 0).toBeGreaterThan(2);
  stream.shards[0]?.records.push(3, 4, 5, 6);
  await poll().toEqual([3, 4, 6]);
});

test('gives a batch again from where the function failed', async () => {
  shard('a', [1, 2, 3, 4]);
  let failures = 3;
  failsAt = (n) => n === 2 && failures-- > 0;
  await start();
  await poll().toEqual([1, 2, 3, 4]);
});

test('leaves a record out at which the function keeps failing, and says so', async () => {
  shard('a', [1, 2, 3, 4]);
  failsAt = (n) => n === 2;
  await start({ maximumRetryAttempts: 2 });
  await poll().toEqual([1, 3, 4]);
  expect(warnings).toEqual(['listen keeps failing at record 2, which is left out.']);
});

test('a function that throws has failed at the first record', async () => {
  shard('a', [1, 2]);
  let throws = 2;
  const invoke: Subscriber['invoke'] = async ({ Records }) => {
    if (throws-- > 0) throw new Error('Crashed.');
    given.push(Records.length);
    return undefined;
  };
  await start({ invoke });
  await poll().toEqual([2]);
});
