import { startProgress } from '../../local/seed/progress.ts';

/** Works through the entries one after the other, behind a progress bar; returns the results in their order. */
export async function inTurn<T, R>(
  title: string,
  entries: readonly T[],
  work: (entry: T) => Promise<R>,
): Promise<R[]> {
  const progress = startProgress(title, entries.length);
  const results: R[] = [];
  for (const entry of entries) {
    results.push(await work(entry));
    progress.advance();
  }
  progress.finish();
  return results;
}
