import { readFileSync } from 'node:fs';

const CHECK_EVERY = 500;

/** Calls `orphaned` soon after the process that started this one has ended, however it ended. */
export function whenParentEnds(orphaned: () => void): void {
  const parents = String(parentsNow());
  const timer = setInterval(() => {
    if (String(parentsNow()) === parents) return;
    clearInterval(timer);
    orphaned();
  }, CHECK_EVERY).unref();
}

/** The parent, and behind it npm: npx runs commands in a shell, which outlives an npx that is killed. */
function parentsNow(): number[] {
  const { ppid } = process;
  const isShell = /^([^\0]*\/)?\w*sh\0-c\0/.test(readProcess(ppid, 'cmdline'));
  return isShell ? [ppid, parentOf(ppid)] : [ppid];
}

/** The fourth field; the second one, a name in brackets, may hold blanks. */
const parentOf = (pid: number) => Number(readProcess(pid, 'stat').split(') ').at(-1)?.split(' ')[1]);

/** Where there is no /proc, only the parent itself is watched. */
function readProcess(pid: number, file: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
