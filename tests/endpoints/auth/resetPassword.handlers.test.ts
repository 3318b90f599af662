import { afterAll, expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import { mailsTo, nextMailTo, startTestPost, tokenIn } from '../../support/mailbox.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser } from '../../support/users.ts';

const mail = await startTestPost();
const stop = await mail.follow();

afterAll(async () => {
  await stop();
  await mail.stop();
});

const NEW = { new_password: 'a-new-password', new_password_confirm: 'a-new-password' };

const forget = (email: string) => post('/password/forgot/', { email });
const reset = (token: string, changes = {}) => post('/password/reset/', { token, ...NEW, ...changes });

test('a forgotten password is reset by the mailed link: the old one and every token are refused', async () => {
  const user = await newUser();
  expect((await forget(user.email.toUpperCase())).status).toBe(202);
  const token = tokenIn(await nextMailTo(mail.inbox, user.email));
  expect(await reset(token)).toMatchObject({ status: 200, body: { message: expect.any(String) } });

  expectProblem(await get('/me/', { token: user.access }), 401, 'token_not_valid');
  expectProblem(await post('/token/refresh/', { refresh: user.refresh }), 401, 'token_not_valid');
  const login = (password: string) => post('/login/', { username: user.username, password });
  expectProblem(await login(user.password), 401, 'no_active_account');
  const { status, body } = await login(NEW.new_password);
  expect(status).toBe(200);
  expect((await get('/me/', { token: body.access })).status).toBe(200);
  expect(await mailsTo(mail.inbox, user.email)).toHaveLength(1);
});
