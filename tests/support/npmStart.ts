import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { root } from '../../local/serverless.ts';

const START_SECONDS = 60;

export interface Place {
  /** What LOCAL_DATA names. */
  data: string;
  http_port: number;
  lambda_port: number;
}

/** A service that `npm start` serves. */
export interface Started {
  url: string;
  npm: ChildProcess;
  /** Process id of the Serverless Framework, which serves. */
  serverless: number;
  /** Process ids of npm and of all that came of it. */
  processes: number[];
  /** What it has written so far, standard error too. */
  output(): string;
}

/** Runs `npm start` as a shell in a terminal would, in a process group of its own, until it answers. */
export async function npmStart({ data, http_port, lambda_port }: Place): Promise<Started> {
  const { PATH, HOME } = process.env;
  const options = ['--httpPort', `${http_port}`, '--lambdaPort', `${lambda_port}`];
  const npm = spawn('npm', ['start', '--', ...options], {
    cwd: root,
    env: { PATH, HOME, LOCAL_DATA: data, ESBUILD_FOLDER: `.esbuild/test-${http_port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text) => (said += text));
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!said.includes('Ctrl-C')) {
    if (npm.exitCode !== null || Date.now() > deadline) throw new Error(`npm start did not start:\n${said}`);
    await sleep(100);
  }
  const processes = family(npm.pid ?? 0);
  const serverless = processes.find((pid) => /^node .*serverless offline /.test(commandOf(pid)));
  if (serverless === undefined) throw new Error(`No serverless among ${processes.map(commandOf).join('; ')}`);
  const url = `http://localhost:${http_port}${BASE_PATH}`;
  return { url, npm, serverless, processes, output: () => said };
}

/** Those of the processes that still run. */
export const survivors = ({ processes }: Started) =>
  processes.filter((pid) => !['', 'Z'].includes(stateOf(pid))).map((pid) => `${pid} ${commandOf(pid)}`);

/** Ends what is left of it, without mercy. */
export function killAll({ processes }: Started): void {
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
