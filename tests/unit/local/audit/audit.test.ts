import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { toSeconds } from '../../../../lib/clock.ts';
import { follow } from '../../../../lib/social/follows.ts';
import {
  accountKey,
  emailKey,
  failedLoginKey,
  followerStripeKey,
  followIndexKey,
  followKey,
  quotaKey,
  repetitionKey,
  revokedTokenKey,
  sequenceKey,
  sessionKey,
  snapshotKey,
  userIdKey,
  userKey,
} from '../../../../lib/table/keys.ts';
import type { Key } from '../../../../lib/table/send.ts';
import type { User } from '../../../../lib/table/users.ts';
import { type AuditOptions, type AuditState, audit as auditTable } from '../../../../local/audit/audit.ts';
import { connect, type Item, readItem, scanItems, writeItem } from '../../../support/table.ts';
import { storeSession, storeUser, uniqueName } from '../../../support/users.ts';

const documents = connect(inject('database'));
const TableName = process.env.TABLE_NAME;

/** The embedded database has everything in its index at once. */
const audit = (options: AuditOptions = {}) => auditTable({ settling: 20, ...options });

const remove = (Key: Key) => documents.send(new DeleteCommand({ TableName, Key }));

async function change(key: Key, changes: Item): Promise<void> {
  await writeItem({ ...(await readItem(key)), ...key, ...changes });
}

/** Two users, the first of whom follows the second. */
interface Pair {
  alice: User;
  bob: User;
  sid: string;
}

async function newPair(): Promise<Pair> {
  const [alice, bob] = [
    await storeUser({ username: uniqueName('alice') }),
    await storeUser({ username: uniqueName('bob') }),
  ];
  await follow({ ...alice, epoch: 0 }, bob.id, Date.now);
  return { alice, bob, sid: await storeSession(alice.username) };
}

beforeEach(async () => {
  const items = (await scanItems()).filter(({ SK }) => SK !== 'SEQUENCE');
  for (const { PK, SK } of items) await remove({ PK, SK });
});

const said = ({ contradictions }: AuditState) => contradictions.map(({ says }) => says).toSorted();

const NOBODY = 'nobody';
const later = toSeconds(Date.now()) + 3600;
const long_ago = toSeconds(Date.now()) - 15 * 24 * 3600;

async function setBackSequence(): Promise<void> {
  const sequence = (await readItem(sequenceKey('follow'))) ?? {};
  onTestFinished(() => writeItem(sequence));
  await change(sequenceKey('follow'), { value: 0 });
}

type Damage = (pair: Pair) => Promise<unknown>;

/** What may go wrong with a table, and what the audit is to say of it. */
const DAMAGES: [title: string, damage: Damage, says: string[]][] = [
  ['a lost claim on an id', ({ alice }) => remove(userIdKey(alice.id)), ['has no claim on its id']],
  [
    'a claim on an id in another name',
    ({ alice, bob }) => change(userIdKey(alice.id), { username: bob.username }),
    ['has no claim on its id', 'is claimed for nobody'],
  ],
  [
    'a lost claim on an address',
    ({ alice }) => remove(emailKey(alice.email)),
    ['has no claim on its email address'],
  ],
  [
    'a claim on an address that nobody has',
    ({ alice }) => change(emailKey('old@example.com'), { username: alice.username }),
    ['is claimed for nobody'],
  ],
  [
    'a claim of somebody who is gone',
    () => change(userIdKey(1_000), { username: NOBODY }),
    ['is claimed for nobody'],
  ],
  [
    'a lost account',
    ({ alice }) => remove(accountKey(alice.username)),
    ['counts -1 followed too many', 'has no account'],
  ],
  [
    'an account of another id',
    ({ alice }) => change(accountKey(alice.username), { id: 999 }),
    ['has an account with another id'],
  ],
  [
    'an account without an id',
    ({ alice }) => change(accountKey(alice.username), { id: undefined }),
    ['has an account with another id', 'is an account without an id'],
  ],
  [
    'epochs that disagree',
    ({ alice }) => change(userKey(alice.username), { epoch: 1 }),
    ['is in another epoch than its account'],
  ],
  [
    'a user under another name',
    ({ alice }) => change(userKey(alice.username), { username: NOBODY }),
    [
      'has no account',
      'has no claim on its email address',
      'has no claim on its id',
      'is not under its name',
    ],
  ],
  [
    'a card in another shard',
    ({ alice }) => change(userKey(alice.username), { GSI1PK: `DIRECTORY#${(alice.id + 1) % 4}` }),
    ['is not in its shard of the directory'],
  ],
  [
    'a card of another id',
    ({ alice }) => change(userKey(alice.username), { GSI1SK: `${alice.updated_at}#999` }),
    ['stands in the directory under another id'],
  ],
  [
    'a card from the future',
    ({ alice }) => change(userKey(alice.username), { GSI1SK: `${alice.updated_at + 1}#${alice.id}` }),
    ['stands in the directory later than its last change'],
  ],
  [
    'a user without a biography',
    ({ alice }) => change(userKey(alice.username), { bio: undefined }),
    ['is damaged at: bio'],
  ],
  [
    'a count of followers too high',
    ({ alice, bob }) => change(followerStripeKey(alice.username, bob.username), { followers_count: 3 }),
    ['counts 2 followers too many'],
  ],
  [
    'a count of followed too low',
    ({ alice }) => change(accountKey(alice.username), { following_count: 0 }),
    ['counts -1 followed too many'],
  ],
  [
    'counters of nobody',
    () => change(accountKey(NOBODY), { id: 9, following_count: 0 }),
    ['belongs to nobody'],
  ],
  [
    'a lost edge',
    ({ alice, bob }) => remove(followKey(alice.username, bob.username)),
    ['counts 1 followed too many', 'counts 1 followers too many'],
  ],
  [
    'a follow of somebody who is gone',
    ({ alice }) =>
      change(followKey(alice.username, NOBODY), {
        ...followIndexKey(alice.username, NOBODY, 1),
        ...{ id: 1_000, following: 999, following_username: NOBODY, follower: alice.id },
      }),
    ['counts -1 followed too many', 'is of somebody whom nobody knows', 'sequence'],
  ],
  [
    'a follow of the last one who had the name',
    ({ alice, bob }) => change(followKey(alice.username, bob.username), { following: 999 }),
    ['is of somebody else who had the name'],
  ],
  [
    'a follow by the last one who had the name',
    ({ alice, bob }) => change(followKey(alice.username, bob.username), { follower: 999 }),
    ['is by somebody else who had the name'],
  ],
  [
    'a follow that the followed one does not see',
    ({ alice, bob }) => change(followKey(alice.username, bob.username), { GSI1PK: 'FOLLOWERS#nobody' }),
    ['counts 1 followers too many', 'is not among the followers'],
  ],
  [
    'two follows with one id',
    async ({ alice, bob }) => {
      await follow({ ...bob, epoch: 0 }, alice.id, Date.now);
      const { id } = (await readItem(followKey(alice.username, bob.username))) ?? {};
      await change(followKey(bob.username, alice.username), { id });
    },
    ['has the id of another follow'],
  ],
  ['a sequence that is behind', setBackSequence, ['sequence']],
  [
    'a session of nobody',
    () => change(sessionKey(NOBODY, 's'), { ...session, sid: 's' }),
    ['belongs to nobody'],
  ],
  [
    'a session under another id',
    ({ alice }) => change(sessionKey(alice.username, 'other'), session),
    ['is not under its id'],
  ],
  [
    'a session of a coming epoch',
    ({ alice, sid }) => change(sessionKey(alice.username, sid), { epoch: 2 }),
    ['is in an epoch that its account has not come to'],
  ],
  [
    'a revoked token of nobody',
    () => change(revokedTokenKey(NOBODY, 'jti'), { expires_at: later }),
    ['belongs to nobody'],
  ],
  [
    'a remembered request of nobody',
    () =>
      change(repetitionKey({ username: NOBODY, key: 'k' }), {
        fingerprint: '',
        answer: '',
        expires_at: later,
      }),
    ['belongs to nobody'],
  ],
  [
    'a count of failed logins that never ends',
    () => change(failedLoginKey('x'), { ends_at: 1, length: 1 }),
    ['is damaged at: expires_at'],
  ],
  [
    'a quota that expired long ago',
    () => change(quotaKey('x', 'y'), { windows: {}, expires_at: long_ago }),
    ['has expired and is still there: is TTL on?'],
  ],
  [
    'a snapshot that does not say how long a part of it is',
    () =>
      change(snapshotKey, {
        ...{
          snapshot: 'lost',
          format: 2,
          bytes: 1,
          sizes: [],
          digests: ['a'],
          cards: 1,
          position: [0, 0, 0, 0],
          written_at: 1,
        },
        expires_at: later,
      }),
    ['lacks the length or the digest of a part'],
  ],
  [
    'an item that nobody knows',
    () => change({ PK: 'CART#1', SK: 'CART' }, {}),
    ['is of no kind that there is'],
  ],
];

const session = {
  ...{ sid: 's', device: '', epoch: 0, created_at: 1, last_used_at: 1, generation: 0 },
  expires_at: later,
};

/** A sequence is named with its numbers. */
const plain = (sentences: string[]) =>
  sentences.map((sentence) => (/^is at \d+, and/.test(sentence) ? 'sequence' : sentence));

test.each(DAMAGES)('finds %s', async (_, damage, says) => {
  const pair = await newPair();
  expect(await audit()).toMatchObject({ contradictions: [] });
  await damage(pair);
  expect(plain(said(await audit())).toSorted()).toEqual(says.toSorted());
});

test('puts counts right, on either side, and nothing else', async () => {
  const { alice, bob } = await newPair();
  await change(accountKey(alice.username), { following_count: 7 });
  await change(followerStripeKey(alice.username, bob.username), { followers_count: -2 });
  await remove(emailKey(bob.email));

  const { contradictions } = await audit({ repair: true });
  expect(contradictions.map(({ says, repaired }) => [says, repaired]).toSorted()).toEqual([
    ['counts -3 followers too many', true],
    ['counts 6 followed too many', true],
    ['has no claim on its email address', false],
  ]);
  expect(said(await audit())).toEqual(['has no claim on its email address']);
  expect((await readItem(accountKey(alice.username)))?.following_count).toBe(1);
});

test('goes on where it was interrupted, and asks for no page twice', async () => {
  for (let n = 0; n < 200; n++) await storeUser({ username: uniqueName() });
  const whole = await audit();
  let saved = '';
  const interrupted = audit({
    onPage: (state) => {
      saved = JSON.stringify(state);
      throw new Error('An interruption that a test asked for');
    },
  });
  await expect(interrupted).rejects.toThrow('interruption');
  const { IdSet } = await import('../../../../local/audit/ids.ts');
  const parsed = JSON.parse(saved);
  const rest = await audit({ from: { ...parsed, edges: new IdSet(parsed.edges) } });
  expect(parsed.items).toBeLessThan(whole.items);
  expect(rest).toMatchObject({ items: whole.items, contradictions: [] });
});

test('takes no more read units a second than it may', async () => {
  for (let n = 0; n < 200; n++) await storeUser({ username: uniqueName() });
  const start = performance.now();
  const { read_units } = await audit({ units: 400 });
  expect(read_units / ((performance.now() - start) / 1000)).toBeLessThan(401);
});
