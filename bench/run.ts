import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Section, toMarkdown } from './report.ts';

/**
 * Measures the service as it is deployed, on this machine, and writes a Markdown report to standard output and to
 * bench/results/: `npm run bench`, with `--users 10000` for a shorter run of the part that grows.
 */

const { values } = parseArgs({ options: { users: { type: 'string', default: '100000' } } });
/** Runs a part in a process of its own, for lib/ takes its table from the environment once. */
async function measure(...part: string[]): Promise<Section[]> {
  const child = fork(join(import.meta.dirname, 'part.ts'), part);
  let sections: Section[] | undefined;
  child.once('message', (message) => {
    sections = message as Section[];
  });
  await once(child, 'exit');
  if (!sections) throw new Error(`The part ${part[0]} failed.`);
  return sections;
}

function heading(): string {
  const [{ model } = { model: 'unknown' }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${availableParallelism()} × ${model.trim()}, ${memory} GB, Node.js ${process.versions.node}`;
  return `# Benchmarks\n\nMeasured by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}.\n\n`;
}

const folder = join(import.meta.dirname, 'results');
await mkdir(folder, { recursive: true });
let report = heading();
process.stdout.write(report);
for (const part of [['endpoints'], ['growth', values.users]]) {
  const measured = toMarkdown(await measure(...part));
  process.stdout.write(`${measured}\n`);
  report += `${measured}\n`;
  await writeFile(join(folder, 'latest.md'), `${report.trimEnd()}\n`);
}
