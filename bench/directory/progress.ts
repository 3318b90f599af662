const WIDTH = 30;

/** A progress bar on stderr; where that is no terminal, one line at the end. */
export function progress(label: string, total: number) {
  const start = performance.now();
  let done = 0;
  let shown = 0;

  function show(): void {
    const part = done / total;
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.');
    process.stderr.write(`\r${label} [${bar}] ${Math.floor(part * 100)} %`);
  }

  return {
    advance(steps: number): void {
      done += steps;
      if (!process.stderr.isTTY || performance.now() - shown < 100) return;
      shown = performance.now();
      show();
    },
    end(): void {
      if (process.stderr.isTTY) show();
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      process.stderr.write(`${process.stderr.isTTY ? '' : label}: ${seconds} s\n`);
    },
  };
}
