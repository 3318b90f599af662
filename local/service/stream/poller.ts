import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as Record,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import { localCredentials } from '../table.ts';
import { matches, type Pattern } from './patterns.ts';
import type { Positions } from './positions.ts';

/** A function that hangs on the stream, and how Lambda is told to feed it; see `stream` in serverless.yml. */
export interface Subscriber {
  name: string;
  startingPosition?: 'LATEST' | 'TRIM_HORIZON';
  batchSize?: number;
  maximumRetryAttempts?: number;
  filterPatterns?: Pattern[];
  /** Invokes the function. Throws when it fails. */
  invoke(batch: { Records: object[] }): Promise<BatchResponse | null | undefined>;
}

interface BatchResponse {
  batchItemFailures?: { itemIdentifier: string }[];
}

/** Where the stream is, and how it is read. */
export interface PolledStream {
  endpoint: string;
  table: string;
  positions: Positions;
  /** Told of what goes wrong, in one sentence; only once while it stays so. */
  warn(sentence: string): void;
  /** Milliseconds between two looks at a shard that had nothing new. */
  interval?: number;
}

const INTERVAL = 250;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;
const BATCH_SIZE = 100;

/**
 * Feeds a function with the changes of a table, as Lambda does: each shard in its order, parents before children, from
 * where the function has come to; a batch that fails again from where it failed, a record that keeps failing left out
 * in the end. Survives what ends iterators, shards and the database. Reads what DynamoDB Local and the embedded
 * database have in common. Returns what stops it.
 */
export function follow(subscriber: Subscriber, stream: PolledStream): () => Promise<void> {
  const stopped = new AbortController();
  const done = new Follower(subscriber, stream, stopped.signal).run();
  return async () => {
    stopped.abort();
    await done;
  };
}

class Follower {
  readonly #subscriber: Subscriber;
  readonly #stream: PolledStream;
  readonly #stopped: AbortSignal;
  readonly #client: DynamoDBStreamsClient;
  /** Where the next look at a shard begins; they expire, and then are asked for anew. */
  readonly #iterators = new Map<string, string>();
  #failures = 0;
  #arn = '';
  #shards: Shard[] = [];

  constructor(subscriber: Subscriber, stream: PolledStream, stopped: AbortSignal) {
    this.#subscriber = subscriber;
    this.#stream = stream;
    this.#stopped = stopped;
    this.#client = new DynamoDBStreamsClient({
      endpoint: stream.endpoint,
      region: localCredentials.AWS_REGION,
      credentials: {
        accessKeyId: localCredentials.AWS_ACCESS_KEY_ID,
        secretAccessKey: localCredentials.AWS_SECRET_ACCESS_KEY,
      },
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
    });
  }

  async run(): Promise<void> {
    let wait = FIRST_WAIT;
    while (!this.#stopped.aborted) {
      try {
        const found = await this.#look();
        wait = FIRST_WAIT;
        if (!found) await this.#pause(this.#stream.interval ?? INTERVAL);
      } catch (error) {
        if (this.#stopped.aborted) break;
        if (wait === LONGEST_WAIT / 2) this.#complain(error);
        this.#forget();
        await this.#pause(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
    this.#client.destroy();
  }

  #complain(error: unknown): void {
    const { name, message } = error as Error;
    this.#stream.warn(
      `The stream of the table cannot be read for ${this.#subscriber.name}: ${name} ${message}`,
    );
  }

  /** Nothing that was known of the stream may hold after an error: it may be another one by now. */
  #forget(): void {
    this.#iterators.clear();
    this.#shards = [];
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopped, ref: false }).catch(() => {});
  }

  /** Looks once at every shard whose turn it is; tells whether there was anything new. */
  async #look(): Promise<boolean> {
    const open = await this.#openShards();
    let found = false;
    for (const shard of open) {
      if (this.#stopped.aborted) break;
      found = (await this.#readShard(shard)) || found;
    }
    return found;
  }

  /** The shards that have more to read, now that their parents have no more. */
  async #openShards(): Promise<string[]> {
    const open = () =>
      this.#shards.filter(({ ShardId = '', ParentShardId }) => {
        const parent = this.#shards.find((shard) => shard.ShardId === ParentShardId);
        return !this.#isFinished(ShardId) && (!parent || this.#isFinished(String(parent.ShardId)));
      });
    if (open().length === 0) await this.#describe();
    return open().map(({ ShardId = '' }) => ShardId);
  }

  async #describe(): Promise<void> {
    const { Streams } = await this.#client.send(new ListStreamsCommand({ TableName: this.#stream.table }));
    const arn = Streams?.at(-1)?.StreamArn;
    if (!arn) throw new Error('The table has no stream.');
    const shards: Shard[] = [];
    let start: string | undefined;
    do {
      const command = new DescribeStreamCommand({
        StreamArn: arn,
        ...(start && { ExclusiveStartShardId: start }),
      });
      const { StreamDescription } = await this.#client.send(command);
      shards.push(...(StreamDescription?.Shards ?? []));
      start = StreamDescription?.LastEvaluatedShardId;
    } while (start);
    this.#arn = arn;
    this.#shards = shards;
  }

  #isFinished(shard: string): boolean {
    return this.#position(shard) === 'finished';
  }

  #position(shard: string) {
    return this.#stream.positions.get(this.#subscriber.name, this.#arn, shard);
  }

  async #advance(shard: string, position: string): Promise<void> {
    await this.#stream.positions.set(position, this.#subscriber.name, this.#arn, shard);
  }

  async #readShard(shard: string): Promise<boolean> {
    const ShardIterator = this.#iterators.get(shard) ?? (await this.#iteratorOf(shard));
    const Limit = this.#subscriber.batchSize ?? BATCH_SIZE;
    const read = await this.#client.send(new GetRecordsCommand({ ShardIterator, Limit }));
    const records = read.Records ?? [];
    const is_done = await this.#feed(shard, records);
    if (!is_done) this.#iterators.delete(shard);
    else if (read.NextShardIterator) this.#iterators.set(shard, read.NextShardIterator);
    else {
      await this.#advance(shard, 'finished');
      this.#forget();
    }
    return records.length > 0;
  }

  async #iteratorOf(shard: string): Promise<string | undefined> {
    const position = this.#position(shard);
    const ask = (where: object) =>
      this.#client.send(
        new GetShardIteratorCommand({
          StreamArn: this.#arn,
          ShardId: shard,
          ShardIteratorType: 'TRIM_HORIZON',
          ...where,
        }),
      );
    if (position === undefined) {
      const { startingPosition = 'TRIM_HORIZON' } = this.#subscriber;
      return (await ask({ ShardIteratorType: startingPosition })).ShardIterator;
    }
    try {
      const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position };
      return (await ask(after)).ShardIterator;
    } catch (error) {
      // The stream keeps records for a day: what comes next may be gone.
      if ((error as Error).name !== 'TrimmedDataAccessException') throw error;
      return (await ask({})).ShardIterator;
    }
  }

  /** Hands over a batch. Returns whether the function is done with all of it; notes how far it has come. */
  async #feed(shard: string, records: Record[]): Promise<boolean> {
    const last = sequenceOf(records.at(-1));
    if (last === undefined) return true;
    const wanted = records
      .map((record) => asLambdaHasIt(record, this.#arn))
      .filter((record) => this.#wants(record));
    const failed_from = wanted.length > 0 ? await this.#invoke(wanted) : undefined;
    if (failed_from === undefined) {
      this.#failures = 0;
      await this.#advance(shard, last);
      return true;
    }
    const failed = records.findIndex((record) => sequenceOf(record) === failed_from);
    const before = sequenceOf(records[failed - 1]);
    if (before !== undefined) {
      this.#failures = 0;
      await this.#advance(shard, before);
    } else if (++this.#failures > this.#mostRetries()) {
      this.#failures = 0;
      this.#stream.warn(
        `${this.#subscriber.name} keeps failing at record ${failed_from}, which is left out.`,
      );
      await this.#advance(shard, failed_from);
      return false;
    }
    await this.#pause(Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT));
    return false;
  }

  #mostRetries(): number {
    const { maximumRetryAttempts = -1 } = this.#subscriber;
    return maximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : maximumRetryAttempts;
  }

  #wants(record: object): boolean {
    const { filterPatterns } = this.#subscriber;
    return !filterPatterns || filterPatterns.some((pattern) => matches(pattern, record));
  }

  /** The sequence number from which on the function has failed; `undefined` when it has not. */
  async #invoke(wanted: LambdaRecord[]): Promise<string | undefined> {
    try {
      const answer = await this.#subscriber.invoke({ Records: wanted });
      return answer?.batchItemFailures?.[0]?.itemIdentifier;
    } catch {
      return wanted[0]?.dynamodb.SequenceNumber;
    }
  }
}

const sequenceOf = (record: Record | undefined) => record?.dynamodb?.SequenceNumber;

type LambdaRecord = ReturnType<typeof asLambdaHasIt>;

function asLambdaHasIt({ dynamodb = {}, ...record }: Record, eventSourceARN: string) {
  const seconds = Math.floor((dynamodb.ApproximateCreationDateTime?.getTime() ?? 0) / 1000);
  return { ...record, dynamodb: { ...dynamodb, ApproximateCreationDateTime: seconds }, eventSourceARN };
}
