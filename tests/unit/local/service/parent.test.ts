import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { killAll, survivors } from '../../../support/startedService.ts';

/** As npx does: runs the command in a shell that waits for it. */
const LAUNCHER = 'child_process.spawn("sh", ["-c", process.argv[1] + "; :"], { stdio: "inherit" })';

/** Starts, through a launcher, a service that is nothing but a database. */
async function launch() {
  const { PATH } = process.env;
  const script = `node ${join(import.meta.dirname, 'parent.fixture.ts')}`;
  const launcher = spawn(process.execPath, ['-e', LAUNCHER, script], { env: { PATH } });
  const [text] = await once(launcher.stdout, 'data');
  const { service, database }: Record<'service' | 'database', number> = JSON.parse(String(text));
  const started = { processes: [service, database] };
  onTestFinished(() => killAll(started));
  return { launcher: launcher.pid ?? 0, service, started };
}

test.skipIf(process.platform !== 'linux').each(['launcher', 'service'] as const)(
  'the service and its database end when the %s is killed',
  async (killed) => {
    const launched = await launch();
    expect(survivors(launched.started)).toHaveLength(2);
    process.kill(launched[killed], 'SIGKILL');
    await expect.poll(() => survivors(launched.started), { timeout: 5000 }).toEqual([]);
  },
);
