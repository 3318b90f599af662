import { readFile, rename, writeFile } from 'node:fs/promises';

/** How far a function has come in a shard: the last record that it is done with, or that the shard has no more. */
export type Position = string | 'finished';

/** How far each function has come in each shard of each stream. Kept in a file, or in memory without one. */
export class Positions {
  readonly #file: string | undefined;
  #known: Record<string, Position> = {};
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string | undefined) {
    this.#file = file;
  }

  /** A file that is not there, or cannot be read, counts as empty: every stream is read from its start then. */
  static async read(file?: string): Promise<Positions> {
    const positions = new Positions(file);
    try {
      if (file) positions.#known = JSON.parse(await readFile(file, 'utf8'));
    } catch {
      // Nothing was noted yet.
    }
    return positions;
  }

  get(...place: PlaceInStream): Position | undefined {
    return this.#known[place.join(' ')];
  }

  /** Resolves when the file has it; a process that is killed leaves the last file or this one, never half of one. */
  async set(position: Position, ...place: PlaceInStream): Promise<void> {
    this.#known[place.join(' ')] = position;
    this.#written = this.#written.then(() => this.#write());
    await this.#written;
  }

  async #write(): Promise<void> {
    if (!this.#file) return;
    const next = `${this.#file}.next`;
    await writeFile(next, `${JSON.stringify(this.#known, null, 2)}\n`);
    await rename(next, this.#file);
  }
}

type PlaceInStream = [name: string, stream: string, shard: string];
