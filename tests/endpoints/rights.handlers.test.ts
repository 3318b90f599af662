import { expect, inject, test } from 'vitest';
import { accountKey, snapshotKey } from '../../lib/table/keys.ts';
import { type Answer, del, get, newUser, patch, post, registration, uniqueName } from '../support/api.ts';
import { type Call, startFaultProxy } from '../support/faultProxy.ts';
import { rights } from '../support/rights.ts';
import { writeItem } from '../support/table.ts';
import { seconds } from '../support/tokens.ts';

const proxy = await startFaultProxy(inject('database'));
process.env.DYNAMODB_ENDPOINT = proxy.endpoint;

// Loaded after the proxy is set, as handlers are.
const { writeSnapshot } = await import('../../lib/directory/snapshot/writer.ts');
const { FORMAT } = await import('../../lib/directory/snapshot/codec.ts');
const { START } = await import('../../lib/directory/feed.ts');
const { recordActivity } = await import('../../lib/activity/activity.ts');

interface Write {
  Key?: { PK: { S: string } };
  Item?: { PK: { S: string } };
}

/** Whether a write is of the directory's snapshots, or of anything else. */
const placeOf = ({ Key, Item }: Write) =>
  /^SNAPSHOT(#|$)/.test((Key ?? Item)?.PK.S ?? '') ? 'snapshot' : 'table';

/** The rights that a call needs; a transaction needs those of its parts. */
function needed({ operation, parameters }: Call): string[] {
  if (operation === 'TransactWriteItems') {
    const parts: [string, Write][] = parameters.TransactItems.flatMap((part: Record<string, Write>) =>
      Object.entries(part),
    );
    return parts.map(([kind, write]) => `${placeOf(write)} ${kind}Item`);
  }
  const isRead = /Get|Query/.test(operation);
  return [`${parameters.IndexName ? 'index' : isRead ? 'table' : placeOf(parameters)} ${operation}`];
}

async function rightsUsed(work: Work): Promise<string[]> {
  proxy.calls.length = 0;
  const answers = [(await work()) ?? []].flat();
  for (const { status } of answers) expect(status).not.toBe(500);
  return [...new Set(proxy.calls.flatMap(needed))].sort();
}

type Work = () => Promise<Answer | Answer[] | undefined>;

/** A snapshot in force whose one chunk is not there, and that is due to be replaced. */
const putDamagedSnapshot = () =>
  writeItem({
    ...snapshotKey,
    ...{ snapshot: 'damaged', format: FORMAT, digests: ['none'], cards: 1, position: START, written_at: 0 },
    expires_at: seconds() + 3600,
  });

/** All that a function does to AWS, but for its keys and its queue, is what these make it do. */
const work: Record<string, Work> = {
  register: () => post('/register/', registration()),
  login: async () => {
    const { username } = alice;
    const wrong = await post('/login/', { username, password: 'wrong-password' });
    return [wrong, await post('/login/', { username, password: alice.password })];
  },
  refreshToken: () => post('/token/refresh/', { refresh: alice.refresh }),
  logout: () => post('/logout/', { refresh: carol.refresh }, { token: carol.access }),
  listUsers: async () => {
    await putDamagedSnapshot();
    const few = await get('/', { token: alice.access });
    await writeItem({ ...accountKey(bob.username), id: bob.id, following_count: 1_000_000 });
    return [few, await get('/', { token: bob.access })];
  },
  writeSnapshot: async () => {
    await putDamagedSnapshot();
    await writeSnapshot(Date.now, 1);
    await writeSnapshot(Date.now, 1);
    return undefined;
  },
  recordActivity: async () => {
    const event = { id: uniqueName('event'), source: 'careers.posts', 'detail-type': 'PostCreated' };
    await recordActivity({ ...event, detail: { username: alice.username } }, Date.now);
    return undefined;
  },
  getJwks: () => get('/.well-known/jwks.json'),
  getOpenidConfiguration: () => get('/.well-known/openid-configuration'),
  getOpenapi: () => get('/openapi.json'),
  getDocs: () => get('/docs/'),
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
    list.filter((right) => /^(table|index|snapshot) /.test(right)).sort(),
  ]);
  expect(used).toEqual(Object.fromEntries(onTheTable));
});
