import { join } from 'node:path';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { type Request, routeRequest } from '../../tests/support/gateway.ts';
import { bundleFile, PROGRAM } from './bundles.ts';
import { Child } from './child.ts';
import type { Done, Work } from './instance.ts';

/** A request, or an event that comes another way than through API Gateway. */
export type Invocable = Request | { event: unknown };

interface Options {
  /** How many invocations are under way at a time: 1 unless said. */
  at_once?: number;
  /** What a new instance finds in its environment beside that of this process. */
  environment?: Record<string, string>;
}

/** A running instance of one function; it takes its first event as soon as it can. */
export class Instance implements AsyncDisposable {
  readonly #name: string;
  readonly #child: Child;

  constructor(name: string, environment: Options['environment'] = {}) {
    const folder = process.env.BUNDLES ?? '';
    const env = { NODE_OPTIONS: '--enable-source-maps', ...environment };
    this.#name = name;
    this.#child = new Child(join(folder, PROGRAM), [join(folder, bundleFile(name))], env);
  }

  /** Invokes the function for each request. Throws unless all succeed. */
  async invoke(requests: readonly Invocable[], { at_once = 1 }: Options = {}): Promise<Done> {
    const work: Work = { invocations: requests.map(toInvocation), at_once };
    const done: Done = await this.#child.ask({ ...work });
    const failed = done.samples.find(({ status }) => status >= 300);
    if (failed) throw new Error(`${this.#name} answered ${failed.status}: ${failed.body}`);
    return done;
  }

  [Symbol.asyncDispose]() {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** Invokes a new instance; `elapsed` is how long that took, in milliseconds, the start of the process included. */
export async function invokeNew(name: string, requests: readonly Invocable[], options?: Options) {
  const start = performance.now();
  await using instance = new Instance(name, options?.environment);
  const done = await instance.invoke(requests, options);
  return { ...done, elapsed: performance.now() - start };
}

const toInvocation = (request: Invocable): Work['invocations'][number] => {
  if ('method' in request) return routeRequest(request);
  const { context } = routeRequest({ method: 'GET', path: BASE_PATH });
  return { event: request.event, context };
};
