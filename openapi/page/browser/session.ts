import { prefill, prefillNewcomer, prefillUser } from './prefill.ts';

/** What the page knows of who is signed in; kept through a reload, gone when its tab is closed. */
interface Tokens {
  access: string;
  refresh?: string;
  username?: string;
}

const STORED = 'users-api';

let tokens: Tokens | undefined;

/** The access token to send, if there is one. */
export const accessToken = () => tokens?.access;

/** Wires the panel in which a token can be pasted or forgotten, and takes up the session from before a reload. */
export function listenToSession(): void {
  signIn(JSON.parse(sessionStorage.getItem(STORED) ?? 'null') ?? undefined);
  prefillNewcomer();
  const form = document.querySelector<HTMLFormElement>('#session');
  const panel = form?.closest('details');
  panel?.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    panel.open = false;
    panel.querySelector('summary')?.focus();
  });
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const access = String(new FormData(form).get('access') ?? '').trim();
    signIn(access ? { access } : undefined);
    if (panel) panel.open = false;
  });
  document.querySelector('#session-forget')?.addEventListener('click', () => {
    form?.reset();
    signIn(undefined);
  });
}

interface Listed {
  users?: { id: number; username: string }[];
  results?: { id: number; username: string }[];
}

/** Keeps the tokens and the users that an answer brings, and forgets the tokens after a logout. */
export function learnFrom(operation: string, ok: boolean, answer: unknown): void {
  if (operation === 'register') prefillNewcomer();
  if (!ok) return;
  if (operation === 'logout') signIn(undefined);
  const { users, results = [] } = (answer ?? {}) as Listed;
  const other = (users ?? results).find(({ username = tokens?.username }) => username !== tokens?.username);
  if (other) prefillUser(other);
  const { access, refresh, user } = (answer ?? {}) as Tokens & { user?: { username: string } };
  if (typeof access !== 'string') return;
  signIn({ ...tokens, access, ...(refresh && { refresh }), ...(user && { username: user.username }) });
}

function signIn(next: Tokens | undefined): void {
  tokens = next;
  if (next) sessionStorage.setItem(STORED, JSON.stringify(next));
  else sessionStorage.removeItem(STORED);
  const state = document.querySelector('#session-state');
  if (state)
    state.textContent = next ? `Signed in${next.username ? ` as ${next.username}` : ''}` : 'Not signed in';
  document.documentElement.toggleAttribute('data-signed-in', next !== undefined);
  prefill({ refresh: next?.refresh ?? 'REFRESH_TOKEN' });
  if (next?.username) prefill({ username: next.username }, 'form[data-operation="login"]');
}
