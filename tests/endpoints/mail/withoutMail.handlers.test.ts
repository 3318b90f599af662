import { expect, test, vi } from 'vitest';

vi.hoisted(() => {
  Object.assign(process.env, { MAIL_FROM: '', APP_URL: 'https://app.careers.example' });
});

const { get, post } = await import('../../support/api.ts');
const { expectProblem } = await import('../../support/problems.ts');
const { scanItems } = await import('../../support/table.ts');
const { changeProfile, newUser, registration } = await import('../../support/users.ts');

const NEW = { new_password: 'a-new-password', new_password_confirm: 'a-new-password' };

test('what needs mail answers 503 where none is sent, and does not say to try again soon', async () => {
  const { access: token } = await newUser();
  const answers = [
    await post('/password/forgot/', registration()),
    await post('/password/reset/', { token: 'x', ...NEW }),
    await post('/email/verify/', { token: 'x' }),
    await post('/me/email/verification/', undefined, { token }),
  ];
  for (const answer of answers) {
    expectProblem(answer, 503, 'unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3600);
  }
});

test('nobody asks for a mail, and no address is verified', async () => {
  const { access: token } = (await post('/register/', registration())).body;
  expect((await get('/me/', { token })).body.email_verified).toBe(false);
  await changeProfile(await newUser(), { email: registration().email });
  expect((await scanItems()).filter(({ SK }) => SK.startsWith('MAIL#'))).toEqual([]);
});

test('an address that was verified when mail was sent is not shown as verified now', async () => {
  const { noteVerifiedEmail, readUser } = await import('../../../lib/table/users.ts');
  const { access: token, username } = await newUser();
  const user = await readUser(username);
  if (user) await noteVerifiedEmail(user, Date.now());
  expect((await readUser(username))?.email_verified_at).toBeTypeOf('number');
  expect((await get('/me/', { token })).body.email_verified).toBe(false);
});

test('a mail of before, when mail was sent, stays unsent and harms nobody', async () => {
  const { insertMail } = await import('../../../lib/table/mails.ts');
  const { handler } = await import('../../../functions/jobs/sendMail.ts');
  const { id, username } = await newUser();
  await insertMail(username, { kind: 'verification', id }, Date.now());
  const [item] = (await scanItems()).filter(({ SK }) => SK.startsWith('MAIL#'));
  const Keys = { PK: { S: item?.PK }, SK: { S: item?.SK } };
  const dynamodb = { Keys, SequenceNumber: '1', ApproximateCreationDateTime: 1 };
  const context = { getRemainingTimeInMillis: () => 60_000 };
  expect(await handler({ Records: [{ dynamodb }] }, context)).toEqual({ batchItemFailures: [] });
  expect((await scanItems()).filter(({ SK }) => SK.startsWith('MAIL#'))).toEqual([item]);
});

test('a password can be changed', async () => {
  const user = await newUser();
  const body = { current_password: user.password, ...NEW };
  expect((await post('/me/password/', body, { token: user.access })).status).toBe(200);
});
