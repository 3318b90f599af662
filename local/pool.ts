/** Works through all entries, at most `width` at a time, and returns the results in the order of the entries. */
export async function inParallel<T, R>(
  entries: readonly T[],
  width: number,
  work: (entry: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = entries.entries();
  const worker = async () => {
    for (const [position, entry] of waiting) results[position] = await work(entry);
  };
  await Promise.all(Array.from({ length: Math.min(width, entries.length) }, worker));
  return results;
}
