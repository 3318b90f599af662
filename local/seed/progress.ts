const WIDTH = 30;

/** Shows on the terminal how far a long task has got. */
export interface Progress {
  /** So many further steps are done. */
  advance(steps?: number): void;
  /** The task is done: the bar stays, full. */
  finish(): void;
}

/** A bar on standard error, drawn at most ten times a second; where that is not a terminal, one line at the end. */
export function startProgress(title: string, total: number): Progress {
  const start = performance.now();
  let done = 0;
  let drawn = 0;

  function draw(end: string) {
    const share = total === 0 ? 1 : done / total;
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stderr.write(
      `${process.stderr.isTTY ? '\r' : ''}${title} ${bar} ${done}/${total} ${seconds} s${end}`,
    );
    drawn = performance.now();
  }

  return {
    advance(steps = 1) {
      done += steps;
      if (process.stderr.isTTY && performance.now() - drawn > 100) draw('');
    },
    finish() {
      draw('\n');
    },
  };
}
