import { fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';

/** A process of the benchmark's own that is spoken to by messages; disposing of it ends it. */
export class Child implements AsyncDisposable {
  readonly #file: string;
  readonly #process;
  readonly #ended: Promise<unknown>;

  constructor(file: string, parameters: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#file = file;
    this.#process = fork(file, parameters, { env: { ...process.env, ...env }, execArgv: [] });
    this.#ended = once(this.#process, 'disconnect');
  }

  /** Sends `question`, if there is one, and waits for the next message. Throws when the process ends before. */
  async ask<T>(question?: Serializable): Promise<T> {
    if (question !== undefined) this.#process.send(question);
    const [answer] = await Promise.race([
      once(this.#process, 'message'),
      this.#ended.then(() => Promise.reject(new Error(`${this.#file} ended before it answered.`))),
    ]);
    return answer;
  }

  async [Symbol.asyncDispose]() {
    this.#process.kill();
    await this.#ended;
  }
}

/** Tells the process that started this one what it asked for. */
export const answer = (found: Serializable) => process.send?.(found);
