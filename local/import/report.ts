import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Faults } from './rows.ts';

/** What became of the rows of one file. */
export interface Tally {
  written: number;
  /** They were there already. */
  found: number;
  refused: number;
}

/** Notes every row that is refused in a file of JSON lines: where it stands, whose it is and why; never what it holds. */
export class Report {
  readonly #stream: WriteStream;
  readonly tallies: Record<string, Tally> = {};

  constructor(file: string) {
    this.#stream = createWriteStream(file);
  }

  /** The count of a file's rows. */
  of(file: string): Tally {
    this.tallies[file] ??= { written: 0, found: 0, refused: 0 };
    return this.tallies[file];
  }

  refuse(file: string, line: number, id: unknown, faults: Faults): void {
    this.of(file).refused++;
    const whose = typeof id === 'number' ? { id } : {};
    this.#stream.write(`${JSON.stringify({ file, line, ...whose, faults })}\n`);
  }

  async close(): Promise<void> {
    await finished(this.#stream.end());
  }
}
