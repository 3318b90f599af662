import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Hands `work` a path in the storage of this instance, and removes what is there afterwards: what was opened stays
 * readable until it is closed, and nothing is left behind by whatever breaks off.
 */
export async function withWorkFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `users-api-directory-${randomUUID()}`);
  try {
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}
