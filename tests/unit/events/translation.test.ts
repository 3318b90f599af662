import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENTS, type EventType } from '../../../lib/events/events.ts';
import { translate } from '../../../lib/events/translation.ts';
import type { Change } from '../../../lib/table/changes.ts';
import { newEdge } from '../../../lib/table/follows.ts';
import {
  accountKey,
  blockedByKey,
  blockKey,
  failedLoginKey,
  followKey,
  reportKey,
  userKey,
} from '../../../lib/table/keys.ts';
import type { Key, RawItem } from '../../../lib/table/send.ts';
import { newUserWrites } from '../../../lib/table/users.ts';
import { findSecrets } from '../../support/secrets.ts';
import { replay, told } from '../../support/tellings.ts';
import { storedUser } from '../../support/users.ts';

const AT = Date.UTC(2026, 10, 24, 12);

let sequence = 1000;

const change = (key: Key, before: RawItem | undefined, after: RawItem | undefined): Change => ({
  key,
  before,
  after,
  at: AT,
  sequence: String(++sequence),
});

/** What a service is told, as it is told it. */
const tell = (...changes: Change[]) =>
  changes.flatMap(translate).map(({ type, detail }) => ({ 'detail-type': type, detail }));

const userItem = (changes: object = {}): RawItem => ({
  ...newUserWrites(storedUser(7, { username: 'Alice' })).username.Put.Item,
  ...changes,
});

const edgeItem = (): RawItem =>
  newEdge({ id: 7, username: 'Alice' }, { id: 1, following: 8, following_username: 'Bob', created_at: AT })
    .Put.Item;

const blockItem = (blocked_username = 'Bob'): RawItem => ({
  ...blockKey('Alice', blocked_username),
  ...{ id: 1, blocker: 7, blocked: 8, blocked_username, created_at: AT },
});

const reportItem = (): RawItem => ({
  ...reportKey('Alice', 'r1'),
  ...{ report_id: 'r1', reporter: 7, reported: 8, reported_username: 'bob', reason: 'spam', text: 'Words.' },
});

const alice = { id: 7, username: 'Alice' };
const edge = { follower: { id: 7, username: 'alice' }, followed: { id: 8, username: 'bob' } };
const key = userKey('alice');
const edgeKey = followKey('alice', 'bob');

test.each<[string, Change, object[]]>([
  ['a new user', change(key, undefined, userItem()), [{ type: 'UserRegistered', user: alice }]],
  [
    'a changed bio and name',
    change(key, userItem(), userItem({ bio: 'b', first_name: 'a', updated_at: 1 })),
    [{ type: 'ProfileUpdated', user: alice, changed: ['first_name', 'bio'] }],
  ],
  [
    'another address',
    change(key, userItem(), userItem({ email: 'new@example.com' })),
    [{ type: 'EmailChanged', user: alice }],
  ],
  [
    'another address and avatar at once',
    change(key, userItem(), userItem({ email: 'new@example.com', avatar: 'https://example.com/a' })),
    [
      { type: 'ProfileUpdated', user: alice, changed: ['avatar'] },
      { type: 'EmailChanged', user: alice },
    ],
  ],
  [
    'another password',
    change(key, userItem(), userItem({ password_hash: 'other', password_changed_at: 1 })),
    [{ type: 'PasswordChanged', user: alice }],
  ],
  [
    'a mark of suspension',
    change(key, userItem(), userItem({ suspended_at: AT, epoch: 1, updated_at: 1 })),
    [{ type: 'UserSuspended', user: alice }],
  ],
  [
    'a mark of suspension that is gone',
    change(key, userItem({ suspended_at: AT }), userItem({ updated_at: 1 })),
    [{ type: 'UserRestored', user: alice }],
  ],
  [
    'a mark of deletion',
    change(key, userItem({ suspended_at: AT }), userItem({ suspended_at: AT, deleted_at: AT, epoch: 1 })),
    [{ type: 'AccountDeleted', user: alice }],
  ],
  ['a deleted user who is erased', change(key, userItem({ deleted_at: AT }), undefined), []],
  ['a hash that was renewed', change(key, userItem(), userItem({ password_hash: 'other' })), []],
  ['the same values again', change(key, userItem(), userItem({ updated_at: 1 })), []],
  ['a new edge', change(edgeKey, undefined, edgeItem()), [{ type: 'UserFollowed', ...edge }]],
  ['an edge that is gone', change(edgeKey, edgeItem(), undefined), [{ type: 'UserUnfollowed', ...edge }]],
  [
    'an edge of the first release that is gone',
    change(edgeKey, { ...edgeItem(), follower: undefined }, undefined),
    [{ type: 'UserUnfollowed', follower: { username: 'alice' }, followed: edge.followed }],
  ],
  [
    'a block',
    change(blockKey('alice', 'bob'), undefined, blockItem()),
    [{ type: 'UserBlocked', blocker: edge.follower, blocked: edge.followed }],
  ],
  ['a block that is gone', change(blockKey('alice', 'bob'), blockItem(), undefined), []],
  ['the other side of a block', change(blockedByKey('bob', 'alice'), undefined, { blocker: 7 }), []],
  [
    'a report, without what somebody wrote',
    change(reportKey('alice', 'r1'), undefined, reportItem()),
    [
      {
        ...{ type: 'UserReported', report_id: 'r1', reason: 'spam' },
        ...{ reporter: edge.follower, reported: edge.followed },
      },
    ],
  ],
  ['a report that has expired', change(reportKey('alice', 'r1'), reportItem(), undefined), []],
  ['a counter', change(accountKey('alice'), { id: 7 }, { id: 7, following_count: 1 }), []],
  ['a failed login', change(failedLoginKey('alice'), undefined, { attempts: new Set(['a']) }), []],
])('%s makes the right events', (_, made, events) => {
  expect(tell(made).map(told)).toEqual(events);
});

test('a change that comes again makes the same events; no two changes share an id', () => {
  const changes = [
    change(key, undefined, userItem()),
    change(key, userItem(), userItem({ email: 'new@example.com', bio: 'new' })),
    change(key, userItem(), userItem({ email: 'new@example.com', bio: 'new' })),
    change(edgeKey, undefined, edgeItem()),
    change(edgeKey, edgeItem(), undefined),
  ];
  const events = tell(...changes);
  expect(tell(...structuredClone(changes))).toEqual(events);
  expect(new Set(events.map(({ detail }) => detail.event_id)).size).toBe(7);
});

test('events of one user sort by their sequence as text', () => {
  const at = (sequence: string) =>
    tell({ ...change(key, undefined, userItem()), sequence })[0]?.detail.sequence;
  const sequences = [
    '9',
    '10',
    '999',
    '100000000000000000000000',
    '3500000000000000000000000000000000000001',
  ];
  expect(sequences.map(at)).toEqual(sequences.map(at).sort());
});

test('an item that is not what its key promises makes an error that quotes nothing', () => {
  const damaged = change(key, undefined, userItem({ email: 7, username: null }));
  expect(() => translate(damaged)).toThrow('A user item is damaged at: username, email.');
});

const name = fc.constantFrom('Ann', 'ben', 'Cleo.9', 'dan');

/** Acts upon a table in memory as the service acts upon its own. */
const act = fc.oneof(
  fc.record({ act: fc.constant('register' as const), who: name }),
  fc.record({
    act: fc.constant('change' as const),
    who: name,
    fields: fc.record(
      {
        ...{ bio: fc.constantFrom('', 'new'), avatar: fc.constantFrom(null, 'https://example.com/a') },
        ...{ email: fc.constantFrom('a@example.com', 'b@example.com'), password_hash: fc.string() },
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ act: fc.constant('follow' as const), who: name, whom: name }),
  fc.record({ act: fc.constant('unfollow' as const), who: name, whom: name }),
  fc.record({ act: fc.constant('delete' as const), who: name }),
);

test('whatever happens, who reads the events knows who exists and who follows whom', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const table = new Map<string, RawItem>();
      const changes: Change[] = [];
      let last_id = 0;
      const write = (place: Key, after: RawItem | undefined) => {
        const at = `${place.PK} ${place.SK}`;
        changes.push(change(place, table.get(at), after));
        if (after) table.set(at, after);
        else table.delete(at);
      };
      const read = ({ PK, SK }: Key) => table.get(`${PK} ${SK}`);

      for (const happening of acts) {
        const { who } = happening;
        const user = read(userKey(who)) as { id: number; username: string } | undefined;
        if (happening.act === 'register') {
          if (!user) write(userKey(who), { ...userItem(), id: ++last_id, username: who });
        } else if (!user) continue;
        else if (happening.act === 'change') write(userKey(who), { ...user, ...happening.fields });
        else if (happening.act === 'delete') {
          write(userKey(who), { ...user, deleted_at: AT });
          const edges = [...table.values()].filter(
            ({ follower, following }) => follower === user.id || following === user.id,
          );
          for (const { PK, SK } of edges) write({ PK, SK } as Key, undefined);
          write(userKey(who), undefined);
        } else {
          const place = followKey(who, happening.whom);
          const whom = read(userKey(happening.whom)) as { id: number } | undefined;
          const there = read(place);
          if (happening.act === 'unfollow' && there) write(place, undefined);
          if (happening.act === 'follow' && !there && whom) {
            const follow = { id: 1, following: whom.id, following_username: happening.whom, created_at: AT };
            write(place, newEdge(user, follow).Put.Item);
          }
        }
      }

      const events = tell(...changes);
      const known = replay([...events, ...events.toReversed()]);
      const items = [...table.values()];
      const users = items.filter(({ SK }) => SK === '#PROFILE');
      const edges = items.filter(({ following }) => following);
      expect(known.users).toEqual(new Map(users.map(({ id, username }) => [id, username])));
      expect(known.follows).toEqual(
        new Set(edges.map(({ follower, following }) => `${follower} ${following}`)),
      );
      expect(findSecrets(JSON.stringify(events))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('no event has room for more than a kilobyte, so that ten always fit into a call', () => {
  const username = 'x'.repeat(150);
  const id = Number.MAX_SAFE_INTEGER;
  const texts = { first_name: 'a', last_name: 'a', bio: 'a', avatar: 'a' };
  const largest = tell(
    change(
      key,
      userItem({ id, username }),
      userItem({ id, username, ...texts, email: 'a', password_changed_at: 1 }),
    ),
    change(key, undefined, userItem({ id, username })),
    change(key, userItem({ id, username }), userItem({ id, username, suspended_at: AT, deleted_at: AT })),
    change(key, userItem({ id, username, suspended_at: AT }), userItem({ id, username })),
    ...[
      newEdge({ id, username }, { id, following: id, following_username: username, created_at: AT }).Put.Item,
    ].flatMap((item) => [change(edgeKey, undefined, item), change(edgeKey, item, undefined)]),
    change(blockKey(username, username), undefined, {
      ...blockItem(username),
      ...{ ...blockKey(username, username), blocker: id, blocked: id },
    }),
    change(reportKey(username, 'r'), undefined, {
      ...{ ...reportItem(), ...reportKey(username, 'r'), report_id: randomUUID(), reason: 'impersonation' },
      ...{ reporter: id, reported: id, reported_username: username },
    }),
  );
  expect(new Set(largest.map((event) => event['detail-type']))).toEqual(
    new Set(Object.keys(EVENTS) as EventType[]),
  );
  for (const event of largest) expect(JSON.stringify(event).length).toBeLessThan(1024);
});
