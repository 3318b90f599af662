import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as send } from 'node:http';
import { join } from 'node:path';
import type { Progress } from '../local/seed/progress.ts';
import type { Request } from '../tests/support/gateway.ts';
import { milliseconds, type Section, spread, table } from './report.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

const CONNECTIONS = [1, 32];
const REQUESTS = 600;
const SLOW_REQUESTS = 64;
/** Warms up as many requests as one in this many. */
const WARM_UP = 6;

const measurable = (all: readonly Scenario[]) => all.filter(({ repeatable }) => repeatable);

export const httpSteps = (all: readonly Scenario[]) => measurable(all).length * CONNECTIONS.length;

/** Sends every repeatable request over HTTP, through the adapter in a process of its own. */
export async function measureHttp(
  stage: Stage,
  all: readonly Scenario[],
  progress: Progress,
): Promise<Section> {
  const env = { ...process.env, ...stage.env, POWERTOOLS_LOG_LEVEL: 'SILENT' };
  const adapter = fork(join(import.meta.dirname, 'adapter.ts'), [stage.folder], { env });
  const [port] = (await once(adapter, 'message')) as [number];
  const rows: (string | number)[][] = [];
  for (const { title, slow, request } of measurable(all)) {
    for (const connections of CONNECTIONS) {
      const number = slow ? SLOW_REQUESTS : REQUESTS;
      const requests = Array.from({ length: number }, (_, n) => request(n) as Request);
      await sendAll(requests.slice(0, Math.ceil(number / WARM_UP)), connections, port);
      const start = performance.now();
      const times = await sendAll(requests, connections, port);
      const rate = number / ((performance.now() - start) / 1000);
      rows.push([title, connections, ...spread(times), milliseconds(rate)]);
      progress.advance();
    }
  }
  adapter.kill();
  await once(adapter, 'exit');
  return {
    title: 'Latency over HTTP',
    note:
      'Milliseconds over kept connections to the adapter, which is one process with one warm instance of each ' +
      'function; client, adapter and database share the machine.',
    body: table(['endpoint', 'connections', 'p50', 'p95', 'p99', 'requests / s'], rows),
  };
}

async function sendAll(requests: readonly Request[], connections: number, port: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const waiting = requests.values();
  const worker = async () => {
    for (const request of waiting) {
      const start = performance.now();
      await sendOne(request, agent, port);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return times;
}

function sendOne({ method, path, headers, body }: Request, agent: Agent, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, agent, headers: headers ?? {} };
    const request = send(options, (response) => {
      if ((response.statusCode ?? 500) >= 300) reject(new Error(`${method} ${path}: ${response.statusCode}`));
      response.resume().once('end', resolve).once('error', reject);
    });
    request.once('error', reject).end(body);
  });
}
