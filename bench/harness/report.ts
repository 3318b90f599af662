import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { percentile } from './statistics.ts';

/** A number as tables show it. */
export const number = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Milliseconds as tables show them. */
export const milliseconds = (value: number) => number(value, value < 10 ? 2 : value < 100 ? 1 : 0);

/** p50, p95 and p99, as cells. */
export const spread = (values: readonly number[]) =>
  [0.5, 0.95, 0.99].map((share) => milliseconds(percentile(values, share)));

export type Row = readonly (string | number)[];

/** A Markdown table; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const [titles = [], ...body] = [head, ...rows].map((row) => row.map(String));
  const columns = titles.map((title, column) => {
    const cells = body.map((row) => row[column] ?? '');
    const width = Math.max(3, ...[title, ...cells].map(({ length }) => length));
    return { width, isText: cells.every((cell) => /^[^\d-]/.test(cell)) };
  });
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ width, isText }, n) => (isText ? cells[n]?.padEnd(width) : cells[n]?.padStart(width))).join(' | ')} |`;
  const rule = columns.map(({ width, isText }) => (isText ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [titles, rule, ...body].map(line).join('\n');
}

/** One table of a report. */
export interface Section {
  title: string;
  /** What was measured, and how. */
  note: string;
  body: string;
}

/** Prints a report in Markdown, with the machine that it was measured on, and keeps it in bench/results/. */
export async function writeReport(
  file: string,
  { title, command, sections }: { title: string; command: string; sections: readonly Section[] },
): Promise<void> {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${availableParallelism()} × ${model}, ${memory} GB, Node.js ${process.versions.node}`;
  const today = new Date().toISOString().slice(0, 10);
  const texts = sections.map(({ title, note, body }) => `## ${title}\n\n${note}\n\n${body}\n`);
  const text = [`# ${title}\n\nMeasured by \`${command}\` on ${today}: ${machine}.\n`, ...texts].join('\n');
  const folder = join(import.meta.dirname, '../results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, file), text);
  process.stdout.write(text);
}
