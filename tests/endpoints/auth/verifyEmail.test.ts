import { expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { changeProfile, newUser, registration, storeLink, type TestUser } from '../../support/users.ts';

const verify = (token: unknown) => post('/email/verify/', { token });

const isVerified = async ({ access }: TestUser) => (await get('/me/', { token: access })).body.email_verified;

test('an address is verified once its link has come back, and nobody but its owner sees that', async () => {
  const user = await newUser();
  expect(await isVerified(user)).toBe(false);
  expect((await verify(await storeLink('verification', user))).status).toBe(200);
  expect(await isVerified(user)).toBe(true);
  expect((await get(`/${user.username}/`)).body).not.toHaveProperty('email_verified');
  expect((await changeProfile(user, { bio: 'x' })).body).not.toHaveProperty('email_verified');
});

test('a link whose answer was lost may come again', async () => {
  const user = await newUser();
  const token = await storeLink('verification', user);
  expect((await verify(token)).status).toBe(200);
  expect((await verify(token)).status).toBe(200);
});

test('another address is not verified, and the link to the one before is not good any more', async () => {
  const user = await newUser();
  const [used, unused] = [await storeLink('verification', user), await storeLink('verification', user)];
  await verify(used);
  expect((await changeProfile(user, { email: registration().email })).status).toBe(200);
  expect(await isVerified(user)).toBe(false);
  for (const token of [used, unused]) expectProblem(await verify(token), 400, 'link_not_valid');
  expect(await isVerified(user)).toBe(false);
});

test('the same mailbox, spelled in another way, stays verified', async () => {
  const user = await newUser();
  await verify(await storeLink('verification', user));
  expect((await changeProfile(user, { email: user.email.toUpperCase() })).status).toBe(200);
  expect(await isVerified(user)).toBe(true);
});

test('a link that has expired, or is another account’s, is not good', async () => {
  const user = await newUser();
  const expired = await storeLink('verification', user, { expires_at: 1 });
  const others = await storeLink('verification', user, { id: user.id + 1 });
  for (const token of [expired, others, 'nonsense'])
    expectProblem(await verify(token), 400, 'link_not_valid');
  expect(await isVerified(user)).toBe(false);
});
