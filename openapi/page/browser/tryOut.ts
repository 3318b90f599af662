import { jsonTokens } from '../json.ts';
import { accessToken, learnFrom } from './session.ts';

/** The base path, from the address of this page: it is right behind every stage and domain. */
const BASE = location.pathname.replace(/\/docs\/?$/, '');

/** Lets every form send its request and show what came back. */
export function listenToForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-operation]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(form);
    });
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const { operation = '', method = 'GET' } = form.dataset;
  const button = form.querySelector('button');
  const body = form.querySelector<HTMLTextAreaElement>('textarea[name="body"]')?.value;
  const access = accessToken();
  show(form, 'Sending…', undefined);
  button?.setAttribute('aria-busy', 'true');
  const start = performance.now();
  try {
    const response = await fetch(address(form), {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(access && { Authorization: `Bearer ${access}` }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const duration = Math.round(performance.now() - start);
    const request = response.headers.get('X-Request-Id');
    const answer = parse(text);
    learnFrom(operation, response.ok, answer);
    const outcome = `${response.status} · ${duration} ms${request ? ` · request ${request}` : ''}`;
    show(form, outcome, answer === undefined ? text : JSON.stringify(answer, null, 2), response.ok);
  } catch {
    show(form, 'The service cannot be reached.', undefined, false);
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

function address(form: HTMLFormElement): string {
  let path = form.dataset.path ?? '/';
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll<HTMLInputElement>('[data-in]')) {
    if (input.dataset.in === 'path') path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value) query.set(input.name, input.value);
  }
  return `${BASE}${path}${query.size > 0 ? `?${query}` : ''}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function show(form: HTMLFormElement, outcome: string, body: string | undefined, ok = true): void {
  const line = form.querySelector<HTMLElement>('.outcome');
  const result = form.querySelector<HTMLElement>('.result');
  if (!line || !result) return;
  line.textContent = outcome;
  line.toggleAttribute('data-failed', !ok);
  result.hidden = body === undefined;
  result.replaceChildren(...jsonTokens(body ?? '').map(({ kind, text }) => colour(kind, text)));
}

function colour(kind: string, text: string): Node {
  if (kind === 'plain') return document.createTextNode(text);
  const span = document.createElement('span');
  span.className = `json-${kind}`;
  span.textContent = text;
  return span;
}
