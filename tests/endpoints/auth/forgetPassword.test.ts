import { expect, test } from 'vitest';
import { post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser, registration } from '../../support/users.ts';

test('answers the same whoever has the address', async () => {
  const { email } = await newUser();
  const answers = [
    await post('/password/forgot/', { email }),
    await post('/password/forgot/', registration()),
  ];
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  expect(answers[0]?.text).toBe(answers[1]?.text);
  expect(answers[0]?.body).toEqual({ message: expect.stringMatching(/^If /) });
});

test.each([undefined, 7, null, 'nobody', 'a@b', ['a@example.com'], 'a@example.com, b@example.com'])(
  'refuses what is no address: %j',
  async (email) => {
    expectProblem(await post('/password/forgot/', { email }), 400, 'invalid', ['email']);
  },
);
