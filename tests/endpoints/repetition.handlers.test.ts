import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { patch, post } from '../support/api.ts';
import { scanItems } from '../support/table.ts';
import { deleteAccount, newUser, registration } from '../support/users.ts';

test('the answer of a dead account is not repeated', async () => {
  const user = await newUser();
  const options = { token: user.access, headers: { 'Idempotency-Key': randomUUID() } };
  expect((await patch('/me/update/', { bio: 'x' }, options)).status).toBe(200);
  await deleteAccount(user);
  expect((await patch('/me/update/', { bio: 'x' }, options)).body.code).toBe('token_not_valid');
});

test('what is remembered has no key, no token and no trace of a password, and ends after a day', async () => {
  const key = `key-${randomUUID()}`;
  const fields = registration({ password: 'Correct-Horse-1', password_confirm: 'Correct-Horse-1' });
  await post('/register/', fields, { headers: { 'Idempotency-Key': key } });
  const user = await newUser();
  await patch('/me/update/', { bio: 'x' }, { token: user.access, headers: { 'Idempotency-Key': key } });
  const remembered = (await scanItems()).filter(({ PK, SK }) => /REPETITION/.test(`${PK}${SK}`));
  expect(remembered.length).toBeGreaterThanOrEqual(2);
  for (const item of remembered) {
    expect(JSON.stringify(item)).not.toMatch(new RegExp(`${key}|Correct-Horse|eyJ|\\$2b\\$`));
    expect(item.expires_at - Date.now() / 1000).toBeGreaterThan(86_000);
  }
});
