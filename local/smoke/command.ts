import { parseArgs } from 'node:util';
import { type Line, smoke } from './smoke.ts';

const USAGE = `npm run smoke -- --url https://…/careers/users

Walks through every endpoint of a stage as two new people, and tries what the service takes for granted of the gateway
before it. Prints what passed, how long it took, and the ids of its requests. Ends with 1 where something failed.
`;

const MARKS = { passed: '✓', failed: '✗', skipped: '–' };

function print({ name, outcome, duration, request_ids, says }: Line): void {
  const milliseconds = outcome === 'skipped' ? '' : `${Math.round(duration)} ms`;
  const line = `${MARKS[outcome]} ${name.padEnd(76)} ${milliseconds.padStart(9)}  ${request_ids.at(-1) ?? ''}`;
  process.stdout.write(`${line.trimEnd()}\n${says === undefined ? '' : `    ${says}\n`}`);
}

async function run(): Promise<void> {
  const { url } = parseArgs({ options: { url: { type: 'string' } } }).values;
  if (url === undefined || !URL.canParse(url)) {
    process.stderr.write(USAGE);
    process.exitCode = 1;
    return;
  }
  const lines = await smoke(url, print);
  const count = (wanted: Line['outcome']) => lines.filter(({ outcome }) => outcome === wanted).length;
  process.stdout.write(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped\n`);
  if (count('failed') > 0) process.exitCode = 1;
}

await run();
