import { join } from 'node:path';
import type { Request } from '../../tests/support/gateway.ts';
import { Child } from '../harness/child.ts';
import { sendAll } from '../harness/http.ts';
import { inTurn } from '../harness/inTurn.ts';
import { milliseconds, type Section, spread, table } from '../harness/report.ts';
import { MAIL, type Scenario } from './scenarios.ts';

const CONNECTIONS = [1, 32];
const REQUESTS = 600;
const SLOW_REQUESTS = 64;
/** Warms up as many requests as one in this many. */
const WARM_UP = 6;

/** Sends every repeatable request over HTTP, through the adapter in a process of its own. */
export async function measureHttp(all: readonly Scenario[]): Promise<Section> {
  const env = { NODE_OPTIONS: '--enable-source-maps', POWERTOOLS_LOG_LEVEL: 'SILENT', ...MAIL };
  await using adapter = new Child(join(import.meta.dirname, '../harness/adapter.ts'), [], env);
  const port = await adapter.ask<number>();
  const pairs = all
    .filter(({ repeatable }) => repeatable)
    .flatMap((scenario) => CONNECTIONS.map((connections) => ({ ...scenario, connections })));
  const rows = await inTurn('HTTP', pairs, async ({ title, slow, request, connections }) => {
    const number = slow ? SLOW_REQUESTS : REQUESTS;
    const requests = Array.from({ length: number }, (_, n) => request(n) as Request);
    await sendAll(requests.slice(0, Math.ceil(number / WARM_UP)), { port, connections });
    const start = performance.now();
    const exchanges = await sendAll(requests, { port, connections });
    const rate = number / ((performance.now() - start) / 1000);
    const failed = exchanges.find(({ status }) => status >= 300);
    if (failed) throw new Error(`${failed.request.method} ${failed.request.path}: ${failed.status}`);
    return [title, connections, ...spread(exchanges.map(({ ms }) => ms)), milliseconds(rate)];
  });
  return {
    title: 'Latency over HTTP',
    note:
      'Milliseconds over kept connections to the adapter, which is one process with one warm instance of each ' +
      'function; client, adapter and database share the machine.',
    body: table(['endpoint', 'connections', 'p50', 'p95', 'p99', 'requests / s'], rows),
  };
}
