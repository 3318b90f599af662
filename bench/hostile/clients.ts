import { Agent, request as send } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from '../../tests/support/gateway.ts';

/** What a request came to. */
export interface Answer {
  status: number;
  /** As the service names it in its log. */
  request_id: string;
  body: string;
}

/** Somebody who sends requests from one address, over a few kept connections. */
export class Client {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #address: string;

  /** `address` must be one of this machine: the service takes it for the caller's. */
  constructor(port: number, address: string, connections = 4) {
    this.#port = port;
    this.#address = address;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends a request; one that gets no answer counts as a status of 0. */
  send({ method, path, headers = {}, body }: Request): Promise<Answer> {
    return new Promise((resolve) => {
      const failed = () => resolve({ status: 0, request_id: '', body: '' });
      const target = { host: '127.0.0.1', port: this.#port, localAddress: this.#address, agent: this.#agent };
      send({ ...target, method, path, headers }, async (response) => {
        const { statusCode = 0, headers: answered } = response;
        const read = await text(response).catch(() => '');
        resolve({ status: statusCode, request_id: String(answered['x-request-id']), body: read });
      })
        .once('error', failed)
        .end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** How many answers had each status. */
export class Tally {
  readonly #statuses = new Map<number, number>();

  count({ status }: Answer): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#statuses.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Those with that status, as a share of all. */
  share(status: number): number {
    return (this.#statuses.get(status) ?? 0) / this.total;
  }

  toString(): string {
    const sorted = [...this.#statuses].sort(([a], [b]) => a - b);
    return sorted.map(([status, count]) => `${status || 'none'}: ${count}`).join(', ');
  }
}

/** Does `act` again and again, so many at a time, until `signal` says stop. */
export async function withoutPause(width: number, signal: AbortSignal, act: (n: number) => Promise<unknown>) {
  let n = 0;
  const worker = async () => {
    while (!signal.aborted) await act(n++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Begins `act` so many times a second until `signal` says stop, with at most `most` under way, and waits for the last. */
export async function atRate(
  rate: number,
  signal: AbortSignal,
  act: (n: number) => Promise<unknown>,
  most = 50,
): Promise<void> {
  const under_way = new Set<Promise<unknown>>();
  const start = performance.now();
  for (let n = 0; !signal.aborted; n++) {
    const due = start + (n * 1000) / rate - performance.now();
    if (due > 0) await sleep(due);
    if (under_way.size >= most) continue;
    const acting = act(n).finally(() => under_way.delete(acting));
    under_way.add(acting);
  }
  await Promise.all(under_way);
}
