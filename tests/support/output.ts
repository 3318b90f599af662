/** A line of the service's log, parsed. */
export type LogLine = Record<string, unknown>;

/** Runs `work` and returns its result with everything that was written to standard output and error meanwhile. */
export async function captureOutput<T>(work: () => Promise<T>): Promise<{ result: T; output: string }> {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map(({ write }) => write);
  let output = '';
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => {
      output += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    };
  }
  try {
    const result = await work();
    return { result, output };
  } finally {
    streams.forEach((stream, n) => {
      stream.write = originals[n] ?? stream.write;
    });
  }
}

/** The lines in an output that the service logged. */
export const logLines = (output: string): LogLine[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** Runs `work` and returns its result with every line that handlers in this process logged meanwhile. */
export async function captureLogs<T>(work: () => Promise<T>): Promise<{ result: T; lines: LogLine[] }> {
  const { log } = await import('../../lib/log.ts');
  const level = log.getLevelName();
  log.setLogLevel('INFO');
  try {
    const { result, output } = await captureOutput(work);
    return { result, lines: logLines(output) };
  } finally {
    log.setLogLevel(level);
  }
}
