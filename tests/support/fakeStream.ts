import { createServer } from 'node:http';
import { listenOnLoopback } from '../../local/service/loopback.ts';

interface FakeShard {
  ShardId: string;
  ParentShardId?: string;
  /** Sequence numbers of its records. */
  records: number[];
  closed: boolean;
}

/** A stream of DynamoDB that does what only the real one and DynamoDB Local do: its shards end, iterators expire. */
export interface FakeStream {
  endpoint: string;
  arn: string;
  shards: FakeShard[];
  /** Records up to this sequence number are gone. */
  trimmed: number;
  /** Makes every iterator that was given out worthless. */
  expireIterators(): void;
  /** How often each operation was asked for. */
  asked: Record<string, number>;
  /** What the next calls are refused with, one each. */
  refusals: string[];
  stop(): Promise<void>;
}

/** Starts a server that speaks the API of streams, and shows new records of a shard three at a time. */
export async function startFakeStream(): Promise<FakeStream> {
  let generation = 0;

  const shard = (id: string) =>
    stream.shards.find(({ ShardId }) => ShardId === id) ?? fail('ResourceNotFoundException');
  const operations: Record<string, (input: Record<string, string>) => object> = {
    ListStreams: () => ({ Streams: [{ StreamArn: stream.arn }] }),
    DescribeStream: ({ StreamArn, ExclusiveStartShardId }) => {
      if (StreamArn !== stream.arn) fail('ResourceNotFoundException');
      const start = stream.shards.findIndex(({ ShardId }) => ShardId === ExclusiveStartShardId) + 1;
      const [next, ...others] = stream.shards.slice(start);
      const Shards = next ? [{ ShardId: next.ShardId, ParentShardId: next.ParentShardId }] : [];
      return {
        StreamDescription: { Shards, ...(others.length > 0 && { LastEvaluatedShardId: next?.ShardId }) },
      };
    },
    GetShardIterator: ({ ShardId = '', ShardIteratorType, SequenceNumber = '0' }) => {
      const { records } = shard(ShardId);
      const after = ShardIteratorType === 'AFTER_SEQUENCE_NUMBER' ? Number(SequenceNumber) : stream.trimmed;
      if (after < stream.trimmed) fail('TrimmedDataAccessException');
      const first =
        ShardIteratorType === 'LATEST' ? records.length : records.filter((n) => n <= after).length;
      return { ShardIterator: [generation, ShardId, first].join(' ') };
    },
    GetRecords: ({ ShardIterator = '', Limit }) => {
      const [made, ShardId = '', first = ''] = ShardIterator.split(' ');
      if (Number(made) !== generation) fail('ExpiredIteratorException');
      const { records, closed } = shard(ShardId);
      const end = Number(first) + Math.min(3, Number(Limit));
      const is_over = closed && end >= records.length;
      return {
        Records: records.slice(Number(first), end).map((n) => ({
          eventID: String(n),
          dynamodb: { Keys: { SK: { S: n % 5 === 0 ? 'NOISE' : 'NEWS' } }, SequenceNumber: String(n) },
        })),
        ...(!is_over && {
          NextShardIterator: [generation, ShardId, Math.min(end, records.length)].join(' '),
        }),
      };
    },
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    stream.asked[operation] = (stream.asked[operation] ?? 0) + 1;
    response.setHeader('Content-Type', 'application/x-amz-json-1.0');
    try {
      const refusal = stream.refusals.shift();
      if (refusal) fail(refusal);
      response.end(JSON.stringify(operations[operation]?.(JSON.parse(body))));
    } catch (error) {
      response.writeHead(400).end(JSON.stringify({ __type: (error as Error).message }));
    }
  });
  const stream: FakeStream = {
    ...(await listenOnLoopback(server)),
    arn: 'arn:aws:dynamodb:local:000000000000:table/fake/stream/1',
    shards: [],
    trimmed: 0,
    expireIterators: () => {
      generation++;
    },
    asked: {},
    refusals: [],
  };
  return stream;
}

function fail(type: string): never {
  throw new Error(type);
}
