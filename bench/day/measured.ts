import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What one kind of request costs, as `npm run bench` has measured it: units, and milliseconds of processor time. */
export interface Measured {
  trips: number;
  read_units: number;
  write_units: number;
  own: number;
}

const FILE = join(import.meta.dirname, '../results/latest.md');

/** What the last report of the bench says of a kind of request, by the name that it has there. */
export async function readMeasured(): Promise<(request: string) => Measured> {
  const rows = (await readFile(FILE, 'utf8'))
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return (request) => {
    const found = rows.filter(([, title]) => title === request);
    const [trips, read_units, write_units] = numbersIn(
      found.find((cells) => /^[\d.]+ \/ /.test(cells[2] ?? ''))?.[2],
    );
    const [bcrypt, ours] = numbersIn(
      found
        .find((cells) => cells.length === 9)
        ?.slice(6, 8)
        .join(' / '),
    );
    if (trips === undefined || read_units === undefined || write_units === undefined) {
      throw new Error(`${FILE} has no units of ${request}.`);
    }
    return { trips, read_units, write_units, own: (bcrypt ?? 0) + (ours ?? 0) };
  };
}

const numbersIn = (cell = ''): number[] => cell.split(' / ').filter(Boolean).map(Number);
