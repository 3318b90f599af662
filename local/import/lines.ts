import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A line of a file of JSON lines. */
export interface Line {
  /** Counted from 1. */
  number: number;
  /** `undefined` where it is no JSON. */
  value: unknown;
}

/** The lines of a file of JSON lines (one JSON value on each), in their order; blank ones are left out. */
export async function* readLines(file: string): AsyncGenerator<Line> {
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8') })) {
    number++;
    const line = number === 1 ? text.replace(/^\ufeff/, '') : text;
    if (line.trim() !== '') yield { number, value: parsed(line) };
  }
}

/** The lines of a file, so many at a time. */
export async function* readBatches(file: string, size: number): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  for await (const line of readLines(file)) {
    batch.push(line);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
