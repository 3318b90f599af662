import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import { localCredentials } from '../table.ts';
import { Feeder, FIRST_WAIT, LONGEST_WAIT, type Subscriber } from './feeder.ts';
import type { Positions } from './positions.ts';

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
const BATCH_SIZE = 100;

/**
 * Feeds a function with the changes of a table, as Lambda does: each shard in its order, parents before children, from
 * where the function has come to. Survives what ends iterators, shards and the database. Reads what DynamoDB Local and the embedded
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
  readonly #feeder: Feeder;
  #arn = '';
  #shards: Shard[] = [];

  constructor(subscriber: Subscriber, stream: PolledStream, stopped: AbortSignal) {
    this.#subscriber = subscriber;
    this.#stream = stream;
    this.#stopped = stopped;
    this.#feeder = new Feeder(subscriber, (sentence) => stream.warn(sentence));
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
    const { is_done, position, wait } = await this.#feeder.feed(records, this.#arn);
    if (position !== undefined) await this.#advance(shard, position);
    if (wait > 0) await this.#pause(wait);
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
}
