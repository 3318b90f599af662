import { Agent, request as send } from 'node:http';
import { inParallel } from '../../local/pool.ts';
import type { Request } from '../../tests/support/gateway.ts';

/** What a request sent over HTTP came to, its time in milliseconds. */
export interface Exchange {
  request: Request;
  status: number;
  ms: number;
}

interface Options {
  host?: string;
  port: number;
  /** How many connections are kept, each with one request at a time. */
  connections: number;
}

/** Sends all requests, as fast as they are answered, whatever the answers; returns them in the order of the requests. */
export async function sendAll(
  requests: readonly Request[],
  { host = '127.0.0.1', port, connections }: Options,
): Promise<Exchange[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const exchanges = await inParallel(requests, connections, async (request) => {
    const start = performance.now();
    const status = await sendOne(request, { host, port, agent });
    return { request, status, ms: performance.now() - start };
  });
  agent.destroy();
  return exchanges;
}

function sendOne(
  { method, path, headers = {}, body }: Request,
  target: { host: string; port: number; agent: Agent },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = send({ ...target, method, path, headers }, (response) => {
      const { statusCode = 500 } = response;
      response
        .resume()
        .once('end', () => resolve(statusCode))
        .once('error', reject);
    });
    request.once('error', reject).end(body);
  });
}
