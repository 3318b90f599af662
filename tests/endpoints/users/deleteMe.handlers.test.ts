import { expect, test } from 'vitest';
import { LIMITS } from '../../../lib/auth/loginThrottle.ts';
import { get, send } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser } from '../../support/users.ts';

test('guesses at the password count as failed logins; past the limit the right one is refused, too', async () => {
  const { access: token, password } = await newUser();
  const guess = (guessed: string) =>
    send('DELETE', '/me/', { password: guessed }, { token, source_ip: '203.0.113.9' });
  for (let n = 0; n < LIMITS.username_and_address; n++) {
    expectProblem(await guess(`wrong-password-${n}`), 400, 'invalid', ['password']);
  }
  const refused = await guess(password);
  expect(refused.body.code).toBe('throttled');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
  expect((await get('/me/', { token })).status).toBe(200);
});
