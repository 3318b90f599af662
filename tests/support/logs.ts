import { log } from '../../lib/log.ts';

/** A line of the service's log, parsed. */
export type LogLine = Record<string, unknown>;

/** Runs `work` and returns its result with every line that handlers in this process logged meanwhile. */
export async function captureLogs<T>(work: () => Promise<T>): Promise<{ result: T; lines: LogLine[] }> {
  const lines: LogLine[] = [];
  const write = process.stdout.write;
  const level = log.getLevelName();
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    const text = String(chunk);
    if (!text.startsWith('{')) return write.call(process.stdout, chunk, ...rest);
    lines.push(
      ...text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    return true;
  }) as typeof write;
  log.setLogLevel('INFO');
  try {
    return { result: await work(), lines };
  } finally {
    log.setLogLevel(level);
    process.stdout.write = write;
  }
}
