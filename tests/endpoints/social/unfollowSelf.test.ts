import { expect, test } from 'vitest';
import { accountKey, followerStripeKey } from '../../../lib/table/keys.ts';
import { del, newUser, uniqueName } from '../../support/api.ts';

/** A name whose followers' counts, were it to follow itself, stand on its account's own stripe. */
function nameOnOneStripe(): string {
  const name = uniqueName();
  return followerStripeKey(name, name).SK === accountKey(name).SK ? name : nameOnOneStripe();
}

test('answers 404 not_following for oneself, on whatever stripe one would be counted', async () => {
  const { username, access: token } = await newUser({ username: nameOnOneStripe() });
  for (const name of [username, username.toUpperCase()]) {
    const answer = await del(`/${name}/unfollow/`, { token });
    expect(answer.body).toMatchObject({ status: 404, code: 'not_following' });
  }
});
