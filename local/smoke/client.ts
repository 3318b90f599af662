/** Something is not as a client of the API may expect; the message says what, in a sentence for an operator. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** A response as the smoke test looks at it. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what comes from outside is looked at, member by member
  body: any;
}

/** What a request is sent with, besides method and path. */
export interface Sent {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

const LONGEST = 30_000;

/** Sends requests to a stage, notes their ids, and looks at what every answer must have. */
export class SmokeClient {
  /** The address with `/careers/users`, without a last slash. */
  readonly url: string;
  /** Ids of the requests of the current step. */
  request_ids: string[] = [];

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  /** Whether it is a deployed stage: behind API Gateway, with TLS. */
  get is_deployed(): boolean {
    return this.url.startsWith('https://');
  }

  /** Sends a request to a path below the address, or to a whole address. */
  async send(method: string, path: string, { token, body, headers }: Sent = {}): Promise<Answer> {
    const address = /^https?:/.test(path) ? path : `${this.url}${path}`;
    const response = await fetch(address, {
      method,
      signal: AbortSignal.timeout(LONGEST),
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }).catch((error) => {
      throw new Fault(`${method} ${path} gets no answer: ${error.cause?.message ?? error.message}.`);
    });
    const text = await response.text();
    const request_id = response.headers.get('x-request-id');
    if (request_id) this.request_ids.push(request_id);
    const answer = { status: response.status, headers: response.headers, body: parsed(text) };
    if (method !== 'OPTIONS') requireHeaders(`${method} ${path}`, answer);
    return answer;
  }

  /** Sends a request that must be answered with that status; returns the body. */
  async expect(status: number, method: string, path: string, sent?: Sent): Promise<Answer['body']> {
    const answer = await this.send(method, path, sent);
    requireStatus(`${method} ${path}`, answer, status);
    return answer.body;
  }

  /** Sends a request that must be refused with that code, in the shape that every failure has. */
  async expectRefusal(
    status: number,
    code: string,
    method: string,
    path: string,
    sent?: Sent,
  ): Promise<Answer> {
    const answer = await this.send(method, path, sent);
    const what = `${method} ${path}`;
    requireStatus(what, answer, status);
    const type = answer.headers.get('content-type') ?? '';
    if (!type.startsWith('application/problem+json')) {
      throw new Fault(`${what} fails as ${type || 'nothing'}, not as application/problem+json.`);
    }
    if (answer.body?.code !== code) {
      throw new Fault(`${what} fails with the code ${answer.body?.code}, not ${code}.`);
    }
    return answer;
  }
}

function requireStatus(what: string, { status, body }: Answer, expected: number): void {
  if (status === expected) return;
  const detail = typeof body?.detail === 'string' ? ` (${body.code}: ${body.detail})` : '';
  throw new Fault(`${what} answers ${status}${detail}, not ${expected}.`);
}

const HEADERS: Record<string, RegExp> = {
  'x-request-id': /./,
  'x-content-type-options': /^nosniff$/,
  'strict-transport-security': /max-age=\d+/,
  'access-control-allow-origin': /./,
};

function requireHeaders(what: string, { headers }: Answer): void {
  for (const [name, pattern] of Object.entries(HEADERS)) {
    if (!pattern.test(headers.get(name) ?? '')) throw new Fault(`${what} answers without a right ${name}.`);
  }
}

/** Throws {@link Fault} unless something holds. */
export function check(holds: unknown, sentence: string): void {
  if (!holds) throw new Fault(sentence);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
