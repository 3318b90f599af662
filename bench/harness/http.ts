import { Agent, request as send } from 'node:http';
import { inParallel } from '../../local/pool.ts';
import type { Request } from '../../tests/support/gateway.ts';

/** What a request sent over HTTP came to, its time in milliseconds. */
export interface Exchange {
  request: Request;
  status: number;
  ms: number;
}

/** Sends all requests to a port of this machine, over so many kept connections. */
export async function sendAll(
  requests: readonly Request[],
  { port, connections }: { port: number; connections: number },
): Promise<Exchange[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const exchanges = await inParallel(requests, connections, async (request) => {
    const start = performance.now();
    const status = await sendOne(request, port, agent);
    return { request, status, ms: performance.now() - start };
  });
  agent.destroy();
  return exchanges;
}

function sendOne({ method, path, headers = {}, body }: Request, port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
      const { statusCode = 500 } = response;
      response
        .resume()
        .once('end', () => resolve(statusCode))
        .once('error', reject);
    });
    request.once('error', reject).end(body);
  });
}
