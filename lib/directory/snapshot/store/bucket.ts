import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { config } from '../../../config.ts';
import { deadline } from '../../../deadline.ts';
import { translateFailure } from '../../../failures.ts';
import { ObjectMissing, type ObjectStore } from './objects.ts';

/** What S3 says of an object that is not there, or too short; without the right to list, that is "forbidden". */
const MISSING = new Set([403, 404, 416]);

/** Objects of one bucket in S3. */
export class Bucket implements ObjectStore {
  readonly #name: string;
  readonly #client = new S3Client({
    ...(config.S3_ENDPOINT ? { endpoint: config.S3_ENDPOINT, forcePathStyle: true } : {}),
    maxAttempts: 4,
    // Our own digests are compared, in the table and not beside the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 1000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });

  constructor(name: string) {
    this.#name = name;
  }

  async put(name: string, path: string): Promise<void> {
    const { size } = await stat(path);
    const object = { Bucket: this.#name, Key: name, Body: createReadStream(path), ContentLength: size };
    await this.#client.send(new PutObjectCommand(object), deadline()).catch(translateFailure);
  }

  async read(name: string, from: number, bytes: number): Promise<Uint8Array> {
    const range = { Bucket: this.#name, Key: name, Range: `bytes=${from}-${from + bytes - 1}` };
    const body = await this.#client
      .send(new GetObjectCommand(range), deadline())
      .then(({ Body }) => Body?.transformToByteArray())
      .catch(whyUnread);
    if (body?.length !== bytes) throw new ObjectMissing('The object ends too early.');
    return body;
  }
}

function whyUnread(error: unknown): never {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status && MISSING.has(status)) throw new ObjectMissing('There is no such object.', { cause: error });
  return translateFailure(error);
}
