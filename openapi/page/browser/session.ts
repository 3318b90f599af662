/** What the page knows of who is signed in; gone when it is closed. */
interface Tokens {
  access: string;
  refresh?: string;
  username?: string;
}

let tokens: Tokens | undefined;

/** The access token to send, if there is one. */
export const accessToken = () => tokens?.access;

/** Wires the panel in which a token can be pasted or forgotten. */
export function listenToSession(): void {
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

/** Keeps the tokens that an answer brings, and forgets them after a logout. */
export function learnFrom(operation: string, ok: boolean, answer: unknown): void {
  if (!ok) return;
  if (operation === 'logout') signIn(undefined);
  const { access, refresh, user } = (answer ?? {}) as Tokens & { user?: { username: string } };
  if (typeof access !== 'string') return;
  signIn({ ...tokens, access, ...(refresh && { refresh }), ...(user && { username: user.username }) });
}

function signIn(next: Tokens | undefined): void {
  tokens = next;
  const state = document.querySelector('#session-state');
  if (state)
    state.textContent = next ? `Signed in${next.username ? ` as ${next.username}` : ''}` : 'Not signed in';
  document.documentElement.toggleAttribute('data-signed-in', next !== undefined);
  for (const body of document.querySelectorAll<HTMLTextAreaElement>('textarea[name="body"]')) fillIn(body);
}

/** Puts the refresh token into the bodies that are nothing but one. */
function fillIn(body: HTMLTextAreaElement): void {
  try {
    const value = JSON.parse(body.value) as Record<string, unknown>;
    if (Object.keys(value).join() !== 'refresh') return;
    body.value = JSON.stringify({ refresh: tokens?.refresh ?? 'REFRESH_TOKEN' }, null, 2);
  } catch {
    // What the reader typed stays.
  }
}
