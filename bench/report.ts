/** The value below which that share of the values lies; the values need not be in order. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

/** Milliseconds as tables show them. */
export function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** p50, p95 and p99, as cells. */
export const spread = (values: readonly number[]) =>
  [0.5, 0.95, 0.99].map((share) => milliseconds(percentile(values, share)));

/** A Markdown table, laid out as the formatter of this repository wants it; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(String))];
  const columns = head.map((_, column) => {
    const [, ...cells] = lines.map((cells) => cells[column] ?? '');
    const width = Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0));
    return { width, isText: cells.every((cell) => /^[^\d-]/.test(cell)) };
  });
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ width, isText }, n) => (isText ? cells[n]?.padEnd(width) : cells[n]?.padStart(width))).join(' | ')} |`;
  const rule = columns.map(({ width, isText }) => (isText ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [titles = [], ...body] = lines;
  return [titles, rule, ...body].map(line).join('\n');
}

/** A part of the report. */
export interface Section {
  title: string;
  /** What was measured, and how. */
  note: string;
  body: string;
}

export const toMarkdown = (sections: readonly Section[]) =>
  sections.map(({ title, note, body }) => `## ${title}\n\n${note}\n\n${body}\n`).join('\n');
