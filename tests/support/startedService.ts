import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../local/serverless.ts';

const START_SECONDS = 60;

/** Where a service runs, so that it meets no other. */
export interface Place {
  /** What LOCAL_DATA names. */
  data: string;
  http_port: number;
  lambda_port: number;
}

/** A local service that answers. */
export interface Started {
  origin: string;
  command: ChildProcess;
  /** Process id of the Serverless Framework, which serves. */
  serverless: number;
  /** Process ids of the command and of all that it started. */
  processes: number[];
  /** What it has written so far, standard error too. */
  output(): string;
}

/** Runs `npm start` as a shell in a terminal would, in a process group of its own, until it answers. */
export const npmStart = (place: Place) => start(['npm', 'start', '--'], place);

/** Serves another service, whose serverless.yml is in that folder. */
export function serve(cwd: string, place: Place): Promise<Started> {
  const command = join(root, 'node_modules/serverless/bin/serverless.js');
  return start([process.execPath, command, 'offline'], place, cwd);
}

async function start(words: string[], { data, http_port, lambda_port }: Place, cwd = root): Promise<Started> {
  const [file = '', ...given] = words;
  const { PATH, HOME } = process.env;
  const options = [...given, '--httpPort', `${http_port}`, '--lambdaPort', `${lambda_port}`];
  const command = spawn(file, options, {
    cwd,
    env: { PATH, HOME, LOCAL_DATA: data, ESBUILD_FOLDER: `.esbuild/test-${http_port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [command.stdout, command.stderr]) stream.on('data', (text) => (said += text));
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!said.includes('Ctrl-C')) {
    if (command.exitCode !== null || Date.now() > deadline) throw new Error(`It did not start:\n${said}`);
    await sleep(100);
  }
  const processes = family(command.pid ?? 0);
  const serverless = processes.find((pid) => /^\S*node \S*serverless(\.js)? offline /.test(commandOf(pid)));
  if (serverless === undefined) throw new Error(`No serverless among ${processes.map(commandOf).join('; ')}`);
  return { origin: `http://localhost:${http_port}`, command, serverless, processes, output: () => said };
}

/** Those of the processes that still run. */
export const survivors = ({ processes }: Pick<Started, 'processes'>) =>
  processes.filter((pid) => !['', 'Z'].includes(stateOf(pid))).map((pid) => `${pid} ${commandOf(pid)}`);

/** Ends what is left of it, without mercy. */
export function killAll({ processes }: Pick<Started, 'processes'>): void {
  for (const pid of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

/** A process with all its descendants. */
function family(ancestor: number): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Boolean);
  const children = pids.filter((pid) => parentOf(pid) === ancestor);
  return [ancestor, ...children.flatMap(family)];
}

const stat = (pid: number) =>
  read(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
const stateOf = (pid: number) => stat(pid)[0] ?? '';
const parentOf = (pid: number) => Number(stat(pid)[1]);
const commandOf = (pid: number) => read(pid, 'cmdline').replaceAll('\0', ' ').trim();

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
