import { expect, test } from 'vitest';
import { seededRandom, shuffled } from '../../../local/seed/random.ts';
import { get } from '../../support/api.ts';
import { deliver, deliverAll, type PostsEvent, postsEvent } from '../../support/events.ts';
import { newUser, type TestUser, uniqueName } from '../../support/users.ts';

const readStats = async ({ access }: TestUser) => (await get('/me/stats/', { token: access })).body;

test.each([
  ['PostCreated', 'posts_count'],
  ['PostLiked', 'likes_received'],
  ['CommentAdded', 'comments_received'],
])('%s counts one more in %s, and nothing else', async (kind, count) => {
  const user = await newUser();
  await deliver(postsEvent(kind, user.username));
  expect(await readStats(user)).toEqual({ ...NOTHING, [count]: 1 });
});

test.each([
  ['PostDeleted', 'PostCreated', 'posts_count'],
  ['PostUnliked', 'PostLiked', 'likes_received'],
  ['CommentRemoved', 'CommentAdded', 'comments_received'],
])('%s takes one away from %s', async (removal, addition, count) => {
  const user = await newUser();
  await deliver(postsEvent(addition, user.username));
  await deliver(postsEvent(addition, user.username));
  await deliver(postsEvent(removal, user.username));
  expect(await readStats(user)).toEqual({ ...NOTHING, [count]: 1 });
});

test('counts an event once however often it is delivered, also at the same time', async () => {
  const user = await newUser();
  const event = postsEvent('PostLiked', user.username);
  await Promise.all([deliver(event), deliver(event), deliver(event)]);
  await deliver(event);
  expect(await readStats(user)).toMatchObject({ likes_received: 1 });
});

test('M11: counts an event once that its producer sent twice, under the id that the producer gave it', async () => {
  const user = await newUser();
  const send = () => {
    const event = postsEvent('PostLiked', user.username);
    return deliver({ ...event, detail: { ...event.detail, event_id: `${user.username}-7` } });
  };
  await send();
  await send();
  await deliver(postsEvent('PostLiked', user.username));
  expect(await readStats(user)).toMatchObject({ likes_received: 2 });
});

test('shows no negative count, and comes out exact, when a removal overtakes its addition', async () => {
  const user = await newUser();
  await deliver(postsEvent('PostDeleted', user.username));
  expect(await readStats(user)).toMatchObject({ posts_count: 0 });
  await deliver(postsEvent('PostCreated', user.username));
  expect(await readStats(user)).toMatchObject({ posts_count: 0 });
  await deliver(postsEvent('PostCreated', user.username));
  expect(await readStats(user)).toMatchObject({ posts_count: 1 });
  expect((await get(`/${user.username}/`)).body).toMatchObject({ posts_count: 1 });
});

test('finds the user of a name in any case', async () => {
  const user = await newUser({ username: uniqueName('Case') });
  await deliver(postsEvent('PostCreated', user.username.toUpperCase()));
  expect(await readStats(user)).toMatchObject({ posts_count: 1 });
});

test('counts exactly over 500 deliveries with repeats, out of order, many at once', async () => {
  const [author, critic] = await Promise.all([newUser(), newUser()]);
  const once: PostsEvent[] = [
    ...events(120, 'PostCreated', author),
    ...events(40, 'PostDeleted', author),
    ...events(130, 'PostLiked', author),
    ...events(30, 'PostUnliked', author),
    ...events(50, 'CommentAdded', critic),
    ...events(30, 'CommentRemoved', critic),
  ];
  const deliveries = shuffled(seededRandom(42), [...once, ...once.slice(0, 50), ...once.slice(-50)]);
  expect(deliveries).toHaveLength(500);

  await deliverAll(deliveries);

  expect(await readStats(author)).toEqual({ ...NOTHING, posts_count: 80, likes_received: 100 });
  expect(await readStats(critic)).toEqual({ ...NOTHING, comments_received: 20 });
});

test('fails for a name that nobody has, so that the event ends in the dead-letter queue', async () => {
  await expect(deliver(postsEvent('PostCreated', uniqueName('nobody')))).rejects.toThrow(
    'Nobody has the name',
  );
});

test.each([
  ['no event at all', null, 'the event itself'],
  ['no id', { ...postsEvent('PostCreated', 'alice'), id: undefined }, 'id'],
  ['another source', { ...postsEvent('PostCreated', 'alice'), source: 'careers.jobs' }, 'source'],
  ['an unknown kind', postsEvent('PostPinned', 'alice'), 'detail-type'],
  ['no username', { ...postsEvent('PostCreated', 'alice'), detail: {} }, 'detail.username'],
  [
    'an id of another type',
    { ...postsEvent('PostCreated', 'alice'), detail: { username: 'alice', event_id: 7 } },
    'detail.event_id',
  ],
  [
    'a username of another type',
    { ...postsEvent('PostCreated', 'alice'), detail: { username: 7 } },
    'detail',
  ],
])('fails for a malformed event, naming what is wrong: %s', async (_, event, place) => {
  await expect(deliver(event)).rejects.toThrow(`The event is malformed at: ${place}`);
});

const NOTHING = {
  posts_count: 0,
  followers_count: 0,
  following_count: 0,
  likes_received: 0,
  comments_received: 0,
};

const events = (number: number, kind: string, { username }: TestUser) =>
  Array.from({ length: number }, () => postsEvent(kind, username));
