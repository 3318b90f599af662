import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { root, serverlessCommand } from '../../local/serverless.ts';
import { freePort } from '../../local/service/ports.ts';
import { residentBytes } from './memory.ts';

const HOST = '127.0.0.1';
const START_SECONDS = 60;
const END_SECONDS = 10;

/** What the service says of one request. */
export interface RequestLine {
  operation: string;
  request_id: string;
  status: number;
  /** Processor time of the thread that served. */
  own_ms: number;
  trips: number;
  read_units: number;
}

/** The local service in a process of its own; disposing of it ends that process and no other. */
export class Service implements AsyncDisposable {
  readonly port: number;
  /** What it has said of requests, by their ids. */
  readonly requests = new Map<string, RequestLine>();
  /** How often it has said anything else, by the name of the line. */
  readonly events = new Map<string, number>();
  readonly #process: ChildProcess;
  readonly #build: string;

  private constructor(port: number, lambda_port: number, env: NodeJS.ProcessEnv) {
    this.port = port;
    this.#build = `.esbuild/hostile-${port}`;
    const options = ['--host', HOST, '--httpPort', `${port}`, '--lambdaPort', `${lambda_port}`];
    this.#process = spawn(process.execPath, [serverlessCommand, 'offline', ...options], {
      cwd: root,
      env: { ...process.env, ...env, ESBUILD_FOLDER: this.#build, POWERTOOLS_LOG_LEVEL: 'INFO' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (!this.#process.stdout) throw new Error('The service has no output.');
    createInterface(this.#process.stdout).on('line', (line) => this.#read(line));
  }

  /** Starts it on free ports, with `env` in its environment, and waits until it answers. */
  static async start(env: NodeJS.ProcessEnv): Promise<Service> {
    const service = new Service(await freePort(), await freePort(), env);
    const url = `http://${HOST}:${service.port}${BASE_PATH}/.well-known/jwks.json`;
    const deadline = Date.now() + START_SECONDS * 1000;
    const answers = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await answers())) {
      if (service.#process.exitCode !== null || Date.now() > deadline) {
        await service[Symbol.asyncDispose]();
        throw new Error('The service did not start.');
      }
      await sleep(200);
    }
    return service;
  }

  /** The memory that its process takes now, in bytes. */
  get memory(): number {
    return residentBytes(this.#process.pid ?? 0);
  }

  async [Symbol.asyncDispose]() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_SECONDS * 1000);
      await ended;
      clearTimeout(timer);
    }
    await rm(join(root, this.#build), { recursive: true, force: true });
  }

  #read(line: string): void {
    if (!line.startsWith('{')) return;
    const { message, ...said } = JSON.parse(line);
    if (message === 'request' && said.operation === 'listUsers') this.requests.set(said.request_id, said);
    else if (message !== 'request') this.events.set(message, (this.events.get(message) ?? 0) + 1);
  }
}
