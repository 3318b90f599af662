import { fork } from 'node:child_process';
import { once } from 'node:events';
import { BASE_PATH } from '../lib/http/routes.ts';
import { type Request, routeRequest } from '../tests/support/gateway.ts';
import type { Bundle } from './bundles.ts';
import type { Done, Work } from './instance.ts';

/** A running instance of one function. */
export interface Instance {
  /** Invokes the function for each request, `at_once` at a time (1 unless said). Throws unless all succeed. */
  invoke(requests: readonly Invocable[], options?: { at_once?: number }): Promise<Done>;
  stop(): Promise<void>;
}

/** A request, or an event that comes another way than through API Gateway. */
export type Invocable = Request | { event: unknown };

/** Starts instances of bundled functions. */
export class Fleet {
  readonly #bundles: ReadonlyMap<string, Bundle>;
  readonly #program: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(bundles: readonly Bundle[], program: string, env: NodeJS.ProcessEnv) {
    this.#bundles = new Map(bundles.map((bundle) => [bundle.name, bundle]));
    this.#program = program;
    this.#env = env;
  }

  /** Starts an instance of a function; it takes its first event as soon as it can. */
  start(name: string): Instance {
    const bundle = this.#bundles.get(name);
    if (!bundle) throw new Error(`There is no function ${name}.`);
    const child = fork(this.#program, [bundle.file], { env: { ...process.env, ...this.#env }, execArgv: [] });
    const ended = once(child, 'exit');
    return {
      async invoke(requests, { at_once = 1 } = {}) {
        const work: Work = { invocations: requests.map(toInvocation), at_once };
        child.send(work);
        const [done] = (await Promise.race([
          once(child, 'message'),
          ended.then(() => Promise.reject(new Error(`${name} ended before it answered.`))),
        ])) as [Done];
        const failed = done.samples.find(({ status }) => status >= 300);
        if (failed) throw new Error(`${name} answered ${failed.status}: ${failed.body}`);
        return done;
      },
      async stop() {
        child.kill();
        await ended;
      },
    };
  }

  /** Milliseconds from the start of a new instance to its first answer. */
  async coldStart(name: string, request: Invocable): Promise<number> {
    const start = performance.now();
    const instance = this.start(name);
    await instance.invoke([request]);
    const elapsed = performance.now() - start;
    await instance.stop();
    return elapsed;
  }
}

const toInvocation = (request: Invocable): Work['invocations'][number] => {
  if ('method' in request) return routeRequest(request);
  const { context } = routeRequest({ method: 'GET', path: BASE_PATH });
  return { event: request.event, context };
};
