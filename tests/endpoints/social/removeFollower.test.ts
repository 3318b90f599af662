import { expect, test } from 'vitest';
import { del, get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { follow, newUser, removeFollower, uniqueName } from '../../support/users.ts';

test('ends the follow of the other, and no follow of the caller', async () => {
  // Counts of followers lie in one of sixteen places, by the name; one of them is the account itself.
  for (let n = 0; n < 6; n++) {
    const [alice, bob] = [await newUser(), await newUser()];
    await follow(bob, alice);
    await follow(alice, bob);
    const answer = await del(`/${bob.username.toUpperCase()}/remove-follower/`, { token: alice.access });
    expect(answer.body).toEqual({ message: `${bob.username.toUpperCase()} no longer follows you` });
    const counts = async (token: string) => {
      const { body } = await get('/me/', { token });
      return [body.following_count, body.followers_count];
    };
    expect(await counts(alice.access)).toEqual([1, 0]);
    expect(await counts(bob.access)).toEqual([0, 1]);
  }
});

test('lets the other follow again', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await follow(bob, alice);
  await removeFollower(alice, bob);
  expect((await follow(bob, alice)).status).toBe(201);
});

test('answers not_following for who does not follow, and for oneself', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await follow(alice, bob);
  expectProblem(await removeFollower(alice, bob), 404, 'not_following');
  expectProblem(await removeFollower(alice, alice), 404, 'not_following');
});

test('answers not_found for a name that nobody has', async () => {
  const { access: token } = await newUser();
  expectProblem(await del(`/${uniqueName()}/remove-follower/`, { token }), 404, 'not_found');
});
