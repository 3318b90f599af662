import { ASSUMPTIONS } from './assumptions.ts';
import { Fault, SmokeClient } from './client.ts';
import { STEPS, type Walk } from './walk.ts';

/** What became of one thing that was tried. */
export interface Line {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** Milliseconds, of all its requests together. */
  duration: number;
  request_ids: string[];
  /** What is wrong, or why it was not tried. */
  says?: string;
}

/**
 * Walks through a stage as two people who register, look around, follow and leave, and tries what it takes for granted of
 * the gateway before it. Everything is tried, whatever fails; only without having registered, nothing else of the walk.
 */
export async function smoke(url: string, onLine: (line: Line) => void = () => {}): Promise<Line[]> {
  const client = new SmokeClient(url);
  const walk = { client } as Walk;
  const lines: Line[] = [];
  const note = (line: Line) => {
    lines.push(line);
    onLine(line);
  };
  const attempt = async (name: string, work: () => Promise<unknown>): Promise<boolean> => {
    client.request_ids = [];
    const start = performance.now();
    const says = await work().then(
      () => undefined,
      (error) => sentenceOf(error),
    );
    const duration = performance.now() - start;
    const outcome = says === undefined ? 'passed' : 'failed';
    note({ name, outcome, duration, request_ids: client.request_ids, ...(says !== undefined && { says }) });
    return says === undefined;
  };
  const skip = (name: string, says: string) =>
    note({ name, outcome: 'skipped', duration: 0, request_ids: [], says });

  for (const { name, run, needs_nobody } of STEPS) {
    if (!needs_nobody && !walk.bob) skip(name, 'Nobody was registered.');
    else await attempt(name, () => run(walk));
  }
  for (const { name, run, deployed_only } of ASSUMPTIONS) {
    if (deployed_only && !client.is_deployed) skip(name, 'Only a deployed stage shows it.');
    else await attempt(name, () => run(client));
  }
  return lines;
}

function sentenceOf(error: unknown): string {
  if (error instanceof Fault) return error.message;
  const [place = ''] = (error as Error).stack?.split('\n').slice(1) ?? [];
  return `The answer is not of the form that was expected: ${(error as Error).message} (${place.trim()}).`;
}
