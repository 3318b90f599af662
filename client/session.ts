/** What register and login answer: the access token for calls, the refresh token for new access tokens. */
export interface Tokens {
  access: string;
  refresh: string;
}

/** The session is over: its refresh token was refused, or the user logged out. The user must log in again. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';

  constructor() {
    super('The session has ended; please log in again.');
  }
}

/** Asks the service for a new access token; the answer is that of the refresh endpoint. */
type RequestAccess = (refresh: string) => Promise<Response>;

/** What the service says of a refresh token that will never be good again. */
const ENDING_CODES = new Set(['token_not_valid', 'token_reused', 'account_suspended']);

/** The `code` of a failure; what a proxy or a captive portal answers has none, whatever its status. */
export async function codeOf(response: Response): Promise<string | undefined> {
  if (response.ok) return undefined;
  const problem = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { code?: string } | null | undefined;
  return problem?.code;
}

type Changed = (tokens: Tokens | undefined) => void;

/** The tokens of one user, and their renewal. */
export class Session {
  #tokens: Tokens | undefined;
  #renewing: Promise<Response | undefined> | undefined;
  #has_ended = false;
  readonly #requestAccess: RequestAccess;
  readonly #changed: Changed;

  constructor(requestAccess: RequestAccess, changed: Changed, tokens: Tokens | undefined) {
    this.#requestAccess = requestAccess;
    this.#changed = changed;
    this.#tokens = tokens;
  }

  /** The tokens at hand; `undefined` while nobody is logged in. */
  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** Whether there was a session, and none has begun since. */
  get hasEnded(): boolean {
    return this.#has_ended;
  }

  /** Begins a session, or takes up one that was stored. */
  begin({ access, refresh }: Tokens): void {
    this.#set({ access, refresh });
  }

  /** Forgets the tokens; the service is not told. */
  end(): void {
    if (this.#tokens) this.#set(undefined);
  }

  /**
   * Renews the access token that was refused, once for however many calls met it, and answers the tokens to go on
   * with; or the failure of the service when that says nothing about the session (it is busy, say). Throws
   * {@link SessionEnded} when the refresh token is refused too, and when the session is another one by now: a call
   * is never sent again in another user's name.
   */
  async renew(refused: Tokens): Promise<Tokens | Response> {
    if (this.#tokens === refused) {
      this.#renewing ??= this.#requestRenewal(refused).finally(() => {
        this.#renewing = undefined;
      });
      const failure = await this.#renewing;
      if (failure) return failure.clone();
    }
    if (this.#tokens?.refresh !== refused.refresh) throw new SessionEnded();
    return this.#tokens;
  }

  async #requestRenewal(tokens: Tokens): Promise<Response | undefined> {
    const response = await this.#requestAccess(tokens.refresh);
    if (!response.ok && !ENDING_CODES.has((await codeOf(response)) ?? '')) return response;
    const renewed = response.ok
      ? { ...tokens, ...((await response.json()) as { access: string }) }
      : undefined;
    if (this.#tokens === tokens) this.#set(renewed);
    return undefined;
  }

  #set(tokens: Tokens | undefined): void {
    this.#tokens = tokens;
    this.#has_ended = tokens === undefined;
    this.#changed(tokens);
  }
}
