import createFetchClient, { type Client } from 'openapi-fetch';
import { type RepeatOptions, repeating, withKey } from './repeat.ts';
import type { components, paths } from './schema.ts';
import { codeOf, Session, SessionEnded, type Tokens } from './session.ts';

export { SessionEnded, type Tokens };

/** The body of every failure; branch on its `code`. */
export type Problem = components['schemas']['Problem'];

type Fetch = (request: Request) => Promise<Response>;

/** How a client is set up. */
export interface ClientOptions {
  /** The public base URL without its last slash, `https://…/careers/users`. */
  baseUrl: string;
  /** How requests are sent; the platform's `fetch` unless named. */
  fetch?: Fetch;
  /** How calls are repeated whose answer was lost. */
  repeat?: RepeatOptions;
  /** Tokens of a session that was stored. */
  tokens?: Tokens;
  /** Called whenever the tokens change, with `undefined` when the session ends: store them here. */
  onTokens?: (tokens: Tokens | undefined) => void;
}

/** A client of the Users API. */
export interface UsersClient {
  /** Every endpoint, typed: `await client.api.GET('/me/')` gives `data` or a {@link Problem} as `error`. */
  api: Client<paths>;
  /** The tokens at hand; `undefined` while nobody is logged in. */
  readonly tokens: Tokens | undefined;
  /** Begins a session with the tokens that register or login answered. */
  begin(tokens: Tokens): void;
  /**
   * Revokes the refresh token and forgets both; they are forgotten also when the service cannot be reached. Until the
   * next session begins, calls that need a token reject with {@link SessionEnded}; those that do not, go on.
   */
  logout(): Promise<void>;
}

/** Endpoints that take other credentials than an access token. */
const OPEN = /\/(?:register|login|token\/refresh|password\/(?:forgot|reset)|email\/verify)\/?$/;

/**
 * A client that sends the access token with every call and renews it when it has expired: however many calls meet the
 * expired token, one refresh is made, and each call is sent once more. When the refresh token is refused too, they
 * all reject with {@link SessionEnded} and the tokens are forgotten. Calls whose answer was lost are sent again, and take
 * effect once; see repeat.ts.
 */
export function createUsersClient(options: ClientOptions): UsersClient {
  const { baseUrl, fetch = (request) => globalThis.fetch(request), repeat, tokens, onTokens } = options;
  const send = repeating(fetch, repeat);
  const requestAccess = (refresh: string) => send(refreshRequest(baseUrl, refresh));
  const session = new Session(requestAccess, onTokens ?? (() => {}), tokens);

  async function sendWithToken(request: Request): Promise<Response> {
    const { tokens } = session;
    if (OPEN.test(new URL(request.url).pathname)) return send(request);
    if (!tokens) return sendWithoutToken(request);
    const again = request.clone();
    const response = await send(withToken(request, tokens));
    if ((await codeOf(response)) !== 'token_not_valid') return response;
    const renewed = await session.renew(tokens);
    return renewed instanceof Response ? renewed : send(withToken(again, renewed));
  }

  async function sendWithoutToken(request: Request): Promise<Response> {
    const response = await send(request);
    const wantsToken = session.hasEnded && (await codeOf(response)) === 'not_authenticated';
    if (wantsToken) throw new SessionEnded();
    return response;
  }

  const api = createFetchClient<paths>({ baseUrl, fetch: (request) => sendWithToken(withKey(request)) });
  return {
    api,
    get tokens() {
      return session.tokens;
    },
    begin: (fresh) => session.begin(fresh),
    logout: async () => {
      const refresh = session.tokens?.refresh;
      try {
        if (refresh !== undefined) await api.POST('/logout/', { body: { refresh } });
      } catch (error) {
        if (!(error instanceof SessionEnded)) throw error;
      } finally {
        session.end();
      }
    },
  };
}

function refreshRequest(baseUrl: string, refresh: string): Request {
  return new Request(`${baseUrl}/token/refresh/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refresh }),
  });
}

function withToken(request: Request, { access }: Tokens): Request {
  request.headers.set('Authorization', `Bearer ${access}`);
  return request;
}
