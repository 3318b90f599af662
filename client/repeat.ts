type Fetch = (request: Request) => Promise<Response>;

/** How calls are repeated. */
export interface RepeatOptions {
  /** How often a call is made at most; 10 unless named, 1 for never again. */
  attempts?: number;
  /** Waits for so many milliseconds. */
  wait?: (milliseconds: number) => Promise<void>;
  /** A number from 0 up to 1. */
  random?: () => number;
}

/** Milliseconds: the first wait is at most this long, each further one twice as long, up to the last. */
const FIRST_CEILING = 200;
const LAST_CEILING = 5000;

/** The longest `Retry-After`, in seconds, that is worth waiting for within a call. */
const PATIENCE = 10;

const BUSY = new Set([429, 502, 503, 504]);

const KEY = 'Idempotency-Key';

/** The calls that would take effect twice: the service takes a key for each. */
const KEYED = /^(?:POST .*\/(?:register|follow|block|report|me\/password)|PATCH .*\/me\/update)\/?$/;

/** Gives a call that would take effect twice a key of its own, unless it has one, so that it may be sent again. */
export function withKey(request: Request): Request {
  const { pathname } = new URL(request.url);
  if (KEYED.test(`${request.method} ${pathname}`) && !request.headers.has(KEY)) {
    request.headers.set(KEY, crypto.randomUUID());
  }
  return request;
}

/**
 * Sends calls until they are answered: again where the answer was lost or the service is busy, after a random part of a
 * doubling time, or after what `Retry-After` says and a little more. A call that was aborted is not sent again.
 */
export function repeating(send: Fetch, options: RepeatOptions = {}): Fetch {
  const { attempts = 10, wait = sleep, random = Math.random } = options;
  return async (request) => {
    for (let attempt = 1, ceiling = FIRST_CEILING; ; attempt++) {
      const last = attempt >= attempts;
      const answer = await send(last ? request : request.clone()).catch((error) => {
        if (last || request.signal.aborted) throw error;
        return undefined;
      });
      const after = answer ? secondsToWait(answer) : 0;
      if (answer && (last || after === undefined)) return answer;
      await wait((after ?? 0) * 1000 + random() * ceiling);
      request.signal.throwIfAborted();
      ceiling = Math.min(ceiling * 2, LAST_CEILING);
    }
  };
}

/** `undefined` where sending the call again would not help, or not soon. */
function secondsToWait(answer: Response): number | undefined {
  if (!BUSY.has(answer.status)) return undefined;
  const seconds = Number(answer.headers.get('Retry-After') ?? 0);
  return seconds <= PATIENCE ? seconds : undefined;
}

const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));
