import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

/** What a developer is told, in one sentence, when the service cannot start. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** A DynamoDB-compatible server, ready for requests. */
export interface Database {
  endpoint: string;
  /** Process id of the server, when it is ours. */
  pid?: number;
  /** Ends the server and waits until it is gone; does nothing to a server that is not ours. */
  stop(): Promise<void>;
}

const INSTALL_HINT =
  'There is no embedded database for this machine: install dynoxide (https://github.com/nubo-db/dynoxide) so that ' +
  'it is on the PATH, or set DYNAMODB_ENDPOINT to a running DynamoDB Local.';

/**
 * Starts the embedded database, in memory or on a file. `DYNAMODB_ENDPOINT` names another server to use instead, and
 * on a machine for which the package has no binary, a `dynoxide` on the PATH serves. Throws {@link StartFailure}.
 */
export async function startDatabase({ file }: { file?: string } = {}): Promise<Database> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint) return { endpoint, stop: async () => {} };

  const port = await freePort();
  const storage = file ? ['--db-path', file] : [];
  const server = spawn(findBinary(), ['--host', '127.0.0.1', '--port', String(port), ...storage], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (server.pid !== undefined) tieToThisProcess(server, server.pid);
  const ours: Database = {
    endpoint: `http://127.0.0.1:${port}`,
    ...(server.pid !== undefined && { pid: server.pid }),
    stop: () => ended(server),
  };
  await answers(ours.endpoint, server);
  return ours;
}

/**
 * Ends the server with this process, even if that is killed: a shell waits until the pipe from us closes, and then
 * kills the server. It ignores the signals of Ctrl-C and of a closing terminal, which it gets too, to outlive us.
 */
function tieToThisProcess(server: ChildProcess, pid: number): void {
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const script = 'trap "" HUP INT TERM; read -r _; kill -KILL "$0"';
  const watchdog = spawn('sh', ['-c', script, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog.once('error', () => {}).unref();
  server.once('exit', () => {
    process.off('exit', kill);
    watchdog.kill('SIGKILL');
  });
}

function findBinary(): string {
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  } catch {
    const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'dynoxide'));
    const found = onPath.find((candidate) => existsSync(candidate));
    if (!found) throw new StartFailure(INSTALL_HINT);
    return found;
  }
}

async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  let said = '';
  server.stderr?.on('data', (text) => {
    said += text;
  });
  let failure: Error | undefined;
  server.once('error', (error) => {
    failure = error;
  });
  for (let tries = 0; tries < 200; tries++) {
    if (failure || server.exitCode !== null) {
      throw new StartFailure(`The embedded database did not start: ${failure?.message ?? said.trim()}`);
    }
    const reached = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (reached) return;
    await sleep(50);
  }
  throw new StartFailure('The embedded database does not answer.');
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), 3000);
  await exit;
  clearTimeout(timer);
}
