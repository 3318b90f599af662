import { expect, inject, test } from 'vitest';
import { type Answer, del, get, newUser, patch, post, registration } from '../support/api.ts';
import { type Call, startFaultProxy } from '../support/faultProxy.ts';
import { rights } from '../support/rights.ts';

const proxy = await startFaultProxy(inject('database'));
process.env.DYNAMODB_ENDPOINT = proxy.endpoint;

/** The rights that a call needs; a transaction needs those of its parts. */
function needed({ operation, parameters }: Call): string[] {
  if (operation === 'TransactWriteItems') {
    const kinds: string[] = parameters.TransactItems.flatMap((part: object) => Object.keys(part));
    return kinds.map((kind) => `table ${kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`}`);
  }
  return [`${parameters.IndexName ? 'index' : 'table'} ${operation}`];
}

async function rightsUsed(work: () => Promise<Answer | Answer[]>): Promise<string[]> {
  proxy.calls.length = 0;
  const answers = [await work()].flat();
  for (const { status } of answers) expect(status).not.toBe(500);
  return [...new Set(proxy.calls.flatMap(needed))].sort();
}

/** All that a function does to the table is what these requests make it do. */
const work: Record<string, () => Promise<Answer | Answer[]>> = {
  register: () => post('/register/', registration()),
  login: async () => {
    const { username } = alice;
    const wrong = await post('/login/', { username, password: 'wrong-password' });
    return [wrong, await post('/login/', { username, password: alice.password })];
  },
  refreshToken: () => post('/token/refresh/', { refresh: alice.refresh }),
  logout: () => post('/logout/', { refresh: carol.refresh }, { token: carol.access }),
  listUsers: () => get('/', { token: alice.access }),
  getUser: () => get(`/${bob.username}/`, { token: alice.access }),
  getMe: () => get('/me/', { token: alice.access }),
  updateMe: async () => [
    await patch('/me/update/', {}, { token: alice.access }),
    await patch('/me/update/', { bio: 'New' }, { token: alice.access }),
    await patch('/me/update/', { email: registration().email }, { token: alice.access }),
  ],
  followUser: () => post('/follow/', { following: bob.id }, { token: alice.access }),
  listMyFollowing: () => get('/following/', { token: alice.access }),
  listFollowers: () => get(`/${bob.username}/followers/`, { token: alice.access }),
  listFollowing: () => get(`/${alice.username}/following/`, { token: alice.access }),
  unfollowUser: async () => [
    await del(`/${bob.username}/unfollow/`, { token: alice.access }),
    await del(`/${bob.username}/unfollow/`, { token: alice.access }),
  ],
  getMyStats: () => get('/me/stats/', { token: alice.access }),
  notFound: () => get('/nowhere/at/all/'),
};

const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];

test('every function needs exactly the rights that are listed for it', async () => {
  const used: Record<string, string[]> = {};
  for (const [name, requests] of Object.entries(work)) used[name] = await rightsUsed(requests);
  const onTheTable = Object.entries(rights).map(([name, list]) => [
    name,
    list.filter((right) => /^(table|index) /.test(right)).sort(),
  ]);
  expect(used).toEqual(Object.fromEntries(onTheTable));
});
