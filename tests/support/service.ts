import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { root, serverlessCommand } from '../../local/serverless.ts';
import { freePort } from '../../local/service/ports.ts';
import { PASSWORD_COST } from './passwords.ts';
import { findSecrets } from './secrets.ts';

const START_SECONDS = 60;

/** Where the banner says that mail arrives. */
const INBOX = /Mail arrives at (http:\/\/[\w.:]+)\//;

/** The request that the banner suggests: its password and address are nobody's. */
const FIRST_REQUEST = /^ +-d '.*'$/m;

/** Starts the service through serverless-offline on free ports, on the database and the keys of this run. */
export default async function setup(project: TestProject) {
  const { database, data } = project.getProvidedContext();
  const [httpPort, lambdaPort] = [await freePort(), await freePort()];
  const build = `.esbuild/test-${httpPort}`;
  const service = spawn(
    process.execPath,
    [serverlessCommand, 'offline', '--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`],
    {
      cwd: root,
      env: {
        ...process.env,
        DYNAMODB_ENDPOINT: database,
        LOCAL_DATA: data,
        ESBUILD_FOLDER: build,
        PASSWORD_COST,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  const keep = (text: Buffer) => {
    said += text;
  };
  service.stdout.on('data', keep);
  service.stderr.on('data', keep);

  const url = `http://localhost:${httpPort}${BASE_PATH}`;
  const deadline = Date.now() + START_SECONDS * 1000;
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (service.exitCode !== null || Date.now() > deadline)
      throw new Error(`The service did not start:\n${said.slice(-5000)}`);
    await sleep(200);
  }
  while (!INBOX.test(said)) await sleep(50);
  project.provide('inbox', INBOX.exec(said)?.[1] ?? '');
  project.provide('service', url);
  project.provide('lambda', `http://localhost:${lambdaPort}/2015-03-31/functions/users-api-dev-`);

  return async () => {
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    const timer = setTimeout(() => service.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    await rm(join(root, build), { recursive: true, force: true });
    const secrets = findSecrets(said.replace(FIRST_REQUEST, ''));
    if (secrets.length > 0) throw new Error(`The service logged secrets: ${secrets.slice(0, 5).join(', ')}`);
  };
}
