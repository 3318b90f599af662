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

/** A Markdown table; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const isText = head.map((_, column) => rows.every((row) => /^[^\d-]/.test(String(row[column] ?? ''))));
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(isText.map((text) => (text ? '---' : '---:'))), ...rows.map(line)].join('\n');
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
