import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectMissing, type ObjectStore } from './objects.ts';

/** What is older goes when something new comes, in milliseconds: as long as the bucket keeps it. */
const KEPT = 3 * 24 * 3_600_000;

/** Objects as files of one folder. */
export class Folder implements ObjectStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async put(name: string, path: string): Promise<void> {
    await mkdir(this.#path, { recursive: true });
    await this.#expire(Date.now() - KEPT);
    const half = join(this.#path, `${name}.half`);
    await copyFile(path, half);
    await rename(half, join(this.#path, name));
  }

  async read(name: string, from: number, bytes: number): Promise<Uint8Array> {
    const file = await open(join(this.#path, name)).catch(() => {
      throw new ObjectMissing('There is no such file.');
    });
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
      if (bytesRead < bytes) throw new ObjectMissing('The file ends too early.');
      return buffer;
    } finally {
      await file.close();
    }
  }

  async #expire(before: number): Promise<void> {
    for (const name of await readdir(this.#path)) {
      const path = join(this.#path, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < before) await rm(path, { force: true });
    }
  }
}
