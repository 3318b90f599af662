import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { listenOnLoopback } from '../../local/service/loopback.ts';

/** A server that keeps objects as S3 does, with one bucket. */
export interface RunningBucket {
  /** What makes the service use it. */
  environment: NodeJS.ProcessEnv;
  /** Every request so far: its method, and the range that it asks for. */
  calls: { method: string; range: string | undefined }[];
  /** Answers instead of the bucket, while set. */
  instead: RequestListener | undefined;
  stop(): Promise<void>;
}

export async function startBucket(): Promise<RunningBucket> {
  const name = 'snapshots';
  const directory = await mkdtemp(join(tmpdir(), 'users-api-bucket-'));
  const store = new S3rver({ directory, silent: true, configureBuckets: [{ name }] });
  await store.configureBuckets();
  const answer = store.callback();
  const server = createServer((request, response) => {
    bucket.calls.push({ method: request.method ?? '', range: request.headers.range });
    (bucket.instead ?? answer)(request, response);
  });
  const { endpoint, stop } = await listenOnLoopback(server);
  const bucket: RunningBucket = {
    environment: {
      ...{ S3_ENDPOINT: endpoint, SNAPSHOT_BUCKET: name },
      // The only ones that it knows.
      ...{ AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    },
    calls: [],
    instead: undefined,
    stop: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return bucket;
}
