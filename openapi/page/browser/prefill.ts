type Values = Record<string, unknown>;

/** Fills members of bodies and variables of paths that have these names with values that work, but for what the reader has typed. */
export function prefill(values: Values, forms = 'form[data-operation]'): void {
  for (const form of document.querySelectorAll<HTMLFormElement>(forms)) {
    const body = form.querySelector('textarea');
    if (body && isOurs(body)) set(body, withValues(JSON.parse(body.value), values));
    for (const input of form.querySelectorAll<HTMLInputElement>('input[data-in="path"]')) {
      if (input.name in values && isOurs(input)) set(input, String(values[input.name]));
    }
  }
}

/** A name that nobody has yet. */
export function prefillNewcomer(): void {
  const username = `alice-${crypto.randomUUID().slice(0, 8)}`;
  prefill({ username, email: `${username}@example.com` }, 'form[data-operation="register"]');
}

/** Somebody from a list: whom to follow, and whose profile and lists to read. */
export function prefillUser({ id, username }: { id: number; username: string }): void {
  prefill({ following: id });
  prefill({ username }, 'form[data-path*="{username}"]');
}

type Field = HTMLInputElement | HTMLTextAreaElement;

const isOurs = ({ value, defaultValue, dataset }: Field) => [defaultValue, dataset.filled].includes(value);

function set(field: Field, value: string): void {
  field.value = value;
  field.dataset.filled = value;
}

function withValues(body: Values, values: Values): string {
  const filled = Object.keys(body).map((name) => [name, name in values ? values[name] : body[name]]);
  return JSON.stringify(Object.fromEntries(filled), null, 2);
}
