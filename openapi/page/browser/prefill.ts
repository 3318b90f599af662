type Values = Record<string, unknown>;

/** What forms are filled with, by operation: the members of a body, or the variables of a path. */
const known: Record<string, Values> = {};

/** Fills the forms of these operations with values that work, but for what the reader has typed. */
export function prefill(values: Record<string, Values>): void {
  for (const [operation, more] of Object.entries(values)) {
    known[operation] = { ...known[operation], ...more };
    const form = document.querySelector<HTMLFormElement>(`form[data-operation="${operation}"]`);
    const body = form?.querySelector('textarea');
    if (body && isOurs(body)) set(body, withValues(body.value, known[operation]));
    for (const input of form?.querySelectorAll<HTMLInputElement>('input[data-in="path"]') ?? []) {
      if (input.name in more && isOurs(input)) set(input, String(more[input.name]));
    }
  }
}

/** A name that nobody has yet. */
export function prefillNewcomer(): void {
  const username = `alice-${crypto.randomUUID().slice(0, 8)}`;
  prefill({ register: { username, email: `${username}@example.com` } });
}

/** Somebody from a list: whom to follow, and whose profile and lists to read. */
export function prefillUser({ id, username }: { id: number; username: string }): void {
  const forms = document.querySelectorAll<HTMLFormElement>('form[data-path*="{username}"]');
  const named = [...forms].map(({ dataset }) => [dataset.operation, { username }]);
  prefill({ ...Object.fromEntries(named), followUser: { following: id } });
}

type Field = HTMLInputElement | HTMLTextAreaElement;

const isOurs = ({ value, defaultValue, dataset }: Field) => [defaultValue, dataset.filled].includes(value);

function set(field: Field, value: string): void {
  field.value = value;
  field.dataset.filled = value;
}

const withValues = (body: string, values: Values) =>
  JSON.stringify({ ...JSON.parse(body), ...values }, null, 2);
