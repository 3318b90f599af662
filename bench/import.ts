/**
 * Imports so many users with ten follows each (`npm run bench:import -- 100000`), killed twice on the way, audits the
 * table, logs people in, and keeps the report in bench/results/import.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../local/serverless.ts';
import { prepareEnvironment } from './harness/environment.ts';
import { milliseconds, number, type Row, table, writeReport } from './harness/report.ts';
import { writeImportFiles } from './import/files.ts';
import type { ImportedLogin } from './steps/importedLogins.ts';

const FOLLOWS = 10;

/** About what a run gets done in a second: it decides in which part of its work it is killed. */
const USERS_A_SECOND = 2000;
const FOLLOWS_A_SECOND = 2500;

const size = Number(process.argv[2] ?? 10_000);
await using environment = await prepareEnvironment();
const files = await writeImportFiles(environment.folder, { users: size, follows: FOLLOWS });
const target = await environment.addTable('bench-import');

/** Runs a command of package.json on the table, and kills it after so many seconds, if it has not ended. */
async function run(script: string, args: string[], seconds = Number.POSITIVE_INFINITY) {
  const start = performance.now();
  const command = spawn(process.execPath, [join(root, script), ...args], {
    env: { ...process.env, ...target.env, LOCAL_DATA: environment.folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  command.stdout.on('data', (text) => {
    said += text;
  });
  const ended = once(command, 'close');
  if (Number.isFinite(seconds)) {
    await Promise.race([sleep(seconds * 1000), ended]);
    command.kill('SIGKILL');
  }
  await ended;
  return { said: said.trim(), seconds: (performance.now() - start) / 1000, status: command.exitCode };
}

const report = join(environment.folder, 'refused.jsonl');
const importing = (seconds?: number) =>
  run('local/import/command.ts', [files.users, files.follows, '--report', report], seconds);

const runs = [
  await importing(size / USERS_A_SECOND / 2),
  await importing(size / USERS_A_SECOND + (size * FOLLOWS) / FOLLOWS_A_SECOND / 2),
  await importing(),
  await importing(),
];
const audit = await run('local/admin/command.ts', ['audit', '--anew']);
const logins = await target.run<ImportedLogin[]>('importedLogins');

const titles = ['killed among the users', 'killed among the follows', 'to the end', 'once more'];
const outcome = (said: string) => said.replaceAll(`${environment.folder}/`, '').split('\nDeploy')[0] ?? '';
await writeReport('import.md', {
  title: `An import of ${number(size)} users and ${number(size * FOLLOWS)} follows, measured`,
  command: `npm run bench:import -- ${size}`,
  sections: [
    {
      title: 'Four runs',
      note: 'Into an empty table without a stream, in the embedded database in memory on the same machine.',
      body: table(
        ['run', 'seconds', 'says'],
        runs.map(
          ({ said, seconds, status }, n): Row => [
            titles[n] ?? '',
            number(seconds),
            status === null ? 'nothing' : outcome(said).replaceAll('\n', '; '),
          ],
        ),
      ),
    },
    {
      title: 'The audit after them',
      note: 'Every invariant of every item.',
      body: table(['seconds', 'says'], [[number(audit.seconds), audit.said.replaceAll('\n', '; ')]]),
    },
    {
      title: 'Logins',
      note: 'The first one of a person renews the hash. Within the process; the work is not padded.',
      body: table(
        ['hash', 'first, ms', 'renewed', 'second, ms'],
        logins.map(
          ({ hash, first, is_renewed, second }): Row => [
            hash,
            milliseconds(first),
            String(is_renewed),
            milliseconds(second),
          ],
        ),
      ),
    },
  ],
});
