/**
 * Measures the service as it is deployed, on this machine, and writes a Markdown report to standard output and to
 * bench/results/: `npm run bench`, with `--users 10000` for a shorter run of what grows.
 */
import { parseArgs } from 'node:util';
import { prepareEnvironment } from './harness/environment.ts';
import { type Section, writeReport } from './harness/report.ts';

const { values } = parseArgs({ options: { users: { type: 'string', default: '100000' } } });
await using environment = await prepareEnvironment();
const endpoints = await environment.addTable('bench-endpoints');
const growth = await environment.addTable('bench-growth');
const sections = [
  ...(await endpoints.run<Section[]>('endpoints')),
  ...(await growth.run<Section[]>('growth', values.users)),
];
const command = `npm run bench -- --users ${values.users}`;
await writeReport('latest.md', { title: 'Benchmarks', command, sections });
