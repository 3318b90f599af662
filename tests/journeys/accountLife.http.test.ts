import { expect, inject, test } from 'vitest';
import { createUsersClient, SessionEnded, type UsersClient } from '../../client/index.ts';
import { nextMailTo, tokenIn } from '../support/mailbox.ts';
import { registration } from '../support/users.ts';

/** How often each answer is lost on its way before one arrives. */
const LOST = 2;

/** A device of somebody: a client of its own over HTTP, whose answers from `losing` are lost at first. */
function newDevice(losing = /^$/): UsersClient {
  const losses = new Map<string, number>();
  const send = async (request: Request) => {
    const sent = new Request(request, { headers: { ...headersOf(request), 'User-Agent': 'A test' } });
    const answer = await fetch(sent);
    const { pathname } = new URL(request.url);
    const lost = losses.get(pathname) ?? 0;
    if (!losing.test(pathname) || lost === LOST) return answer;
    losses.set(pathname, lost + 1);
    throw new TypeError('The answer was lost.');
  };
  return createUsersClient({
    baseUrl: inject('service'),
    fetch: send,
    repeat: { wait: async () => {} },
  });
}

const headersOf = ({ headers }: Request) => Object.fromEntries(headers);

/** What a call answered; throws what it was refused with. */
async function answerOf<T>(call: Promise<{ data?: T; error?: { detail: string } }>): Promise<T> {
  const { data, error } = await call;
  if (error || data === undefined) throw new Error(error?.detail);
  return data;
}

test('the whole life of an account, from its registration to the next one of its name', {
  timeout: 240_000,
}, async () => {
  const fields = registration({ first_name: 'Ada' });
  const { username, email, password } = fields;
  const inbox = inject('inbox');
  const phone = newDevice(/\/(?:register|me\/password|token\/refresh)$/);
  const tablet = newDevice();
  const logIn = async (device: UsersClient, password: string, name: string) =>
    device.begin(await answerOf(device.api.POST('/login/', { body: { username, password, device: name } })));

  // Registers, though the answer is lost twice, and verifies the address by the mailed link.
  const registered = await answerOf(phone.api.POST('/register/', { body: { ...fields, device: 'Phone' } }));
  phone.begin(registered);
  expect((await answerOf(phone.api.GET('/me/'))).email_verified).toBe(false);
  const token = tokenIn(await nextMailTo(inbox, email));
  await answerOf(newDevice().api.POST('/email/verify/', { body: { token } }));
  expect((await answerOf(phone.api.GET('/me/'))).email_verified).toBe(true);

  // Logs in on two more devices, sees all of them, and ends one.
  await logIn(tablet, password, 'Tablet');
  const lost = newDevice();
  await logIn(lost, password, 'Lost phone');
  const { results } = await answerOf(tablet.api.GET('/me/sessions/'));
  expect(results.map(({ device }) => device)).toEqual(
    expect.arrayContaining(['Phone', 'Tablet', 'Lost phone']),
  );
  const id = results.find(({ device }) => device === 'Lost phone')?.id ?? '';
  await answerOf(tablet.api.DELETE('/me/sessions/{id}/', { params: { path: { id } } }));
  const { refresh = '' } = lost.tokens ?? {};
  const refused = await lost.api.POST('/token/refresh/', { body: { refresh } });
  expect(refused.error?.code).toBe('token_not_valid');

  // Changes the password on the phone, though the answer is lost twice: the tablet is logged out at once.
  const secret = 'the second password';
  const changed = await answerOf(
    phone.api.POST('/me/password/', {
      body: { current_password: password, new_password: secret, new_password_confirm: secret },
    }),
  );
  phone.begin(changed);
  await expect(tablet.api.GET('/me/')).rejects.toBeInstanceOf(SessionEnded);
  expect((await answerOf(phone.api.GET('/me/'))).username).toBe(username);
  expect((await answerOf(phone.api.GET('/me/sessions/'))).count).toBe(1);

  // Rotates its tokens though each answer is lost twice.
  for (let n = 0; n < 3; n++) {
    const body = { refresh: phone.tokens?.refresh ?? '', rotate: true };
    const { access, refresh = '' } = await answerOf(phone.api.POST('/token/refresh/', { body }));
    phone.begin({ access, refresh });
    expect((await phone.api.GET('/me/')).response.status).toBe(200);
  }

  // Forgets the password, gets another one by the mailed link, and is logged out everywhere.
  await answerOf(newDevice().api.POST('/password/forgot/', { body: { email } }));
  const third = 'the third password';
  const link = tokenIn(await nextMailTo(inbox, email, 1));
  const reset = { token: link, new_password: third, new_password_confirm: third };
  await answerOf(newDevice().api.POST('/password/reset/', { body: reset }));
  await expect(phone.api.GET('/me/')).rejects.toBeInstanceOf(SessionEnded);
  const again = await newDevice().api.POST('/password/reset/', { body: reset });
  expect(again.error?.code).toBe('link_not_valid');
  const old = await newDevice().api.POST('/login/', { body: { username, password: secret } });
  expect(old.error?.code).toBe('no_active_account');
  await logIn(phone, third, 'Phone');
  expect((await answerOf(phone.api.GET('/me/'))).email_verified).toBe(true);

  // Takes home what is stored.
  const stored = await answerOf(phone.api.GET('/me/export/'));
  expect(stored).toMatchObject({ profile: { username, email, first_name: 'Ada' }, next: null });
  expect(stored.sessions.map(({ device }) => device)).toContain('Phone');

  // Leaves: at once for everybody, within minutes for good. Then the name and the address are anybody's.
  const guess = await phone.api.DELETE('/me/', { body: { password: secret } });
  expect(guess.error?.code).toBe('invalid');
  await answerOf(phone.api.DELETE('/me/', { body: { password: third } }));
  const gone = await newDevice().api.GET('/{username}/', { params: { path: { username } } });
  expect(gone.response.status).toBe(404);
  const registerAnew = () => newDevice().api.POST('/register/', { body: { ...fields, first_name: 'Bea' } });
  expect((await registerAnew()).error?.code).toBe('username_taken');
  await expect
    .poll(async () => (await registerAnew()).response.status, { timeout: 100_000, interval: 1000 })
    .toBe(201);
  const heir = newDevice();
  await logIn(heir, password, 'Another phone');
  const me = await answerOf(heir.api.GET('/me/'));
  expect(me).toMatchObject({ first_name: 'Bea', email_verified: false, followers_count: 0 });
  expect(me.id).not.toBe(registered.user.id);
});
