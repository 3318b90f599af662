import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { Directory } from '../../../lib/directory/directory.ts';
import { listUsers } from '../../../lib/directory/list.ts';
import { DirectoryQuery } from '../../../lib/directory/query.ts';
import { type Consumption, metered } from '../../../lib/meter.ts';
import { follow } from '../../../lib/social/follows.ts';
import { EdgeQuery, listFollowers } from '../../../lib/social/lists.ts';
import { readUsers, type User } from '../../../lib/table/users.ts';
import { fitPage } from '../../../lib/users/pages.ts';
import { seededRandom } from '../../../local/seed/random.ts';
import { avatarOf, heavyText, maximalProfile } from '../../support/directoryCrowd.ts';
import { deleteAccount, storeUser, uniqueName } from '../../support/users.ts';

const LARGEST_ANSWER = 300_000;

const random = seededRandom(1);
const directory = new Directory();

/** All of whom every field is as long as it may be, the username too, and who all follow one. */
const crowd: User[] = [];
let popular: User;
let reader: User;

beforeAll(async () => {
  popular = await storeUser({ updated_at: Date.now() });
  reader = await storeUser({ updated_at: Date.now() });
  for (let n = 0; n < 100; n++) {
    const username = uniqueName('crowd').padEnd(150, 'x');
    crowd.push(await storeUser({ ...maximalProfile(random), username, updated_at: Date.now() }));
    await follow(crowd.at(-1) as User, popular.id, Date.now);
  }
});

const list = (parameters: Record<string, string>, caller?: User) =>
  listUsers(v.parse(DirectoryQuery, { search: 'crowd', ...parameters }), caller, directory);

async function costOf(work: () => Promise<unknown>): Promise<Consumption> {
  return metered(async (consumed) => {
    await work();
    return consumed;
  });
}

const avatars = ({ users }: { users: { avatar: string | null }[] }) => users.map(({ avatar }) => avatar);

describe('H2, M4: avatars that are too long for the directory', () => {
  test('are shown all the same', async () => {
    expect(avatars(await list({ batch_size: '10' }))).toEqual(crowd.slice(0, 10).map(({ avatar }) => avatar));
  });

  test.each([
    [256, 1],
    [257, 2],
  ])('begin after 256 bytes: one of %i takes %i trips', async (length, trips) => {
    const user = await storeUser({
      avatar: avatarOf(length),
      username: uniqueName(),
      updated_at: Date.now(),
    });
    const search = user.username;
    await list({ search });
    const { users } = await list({ search });
    expect(users).toMatchObject([{ avatar: user.avatar }]);
    expect(await costOf(() => list({ search }))).toMatchObject({ trips });
  });

  test('add no trip for a caller who is signed in', async () => {
    await list({ batch_size: '10' }, reader);
    const { trips } = await costOf(() => list({ batch_size: '10' }, reader));
    expect(trips).toBe(2);
  });

  test('cost nothing where they are not on the page', async () => {
    const search = popular.username;
    await list({ search });
    expect(await costOf(() => list({ search }))).toMatchObject({ trips: 1, read_units: expect.any(Number) });
  });

  test('are gone with the user', async () => {
    const user = await storeUser({ avatar: avatarOf(500), username: uniqueName(), updated_at: Date.now() });
    await list({});
    await deleteAccount(user);
    expect((await list({ search: user.username })).users).toEqual([]);
  });
});

describe('M4: an answer of a hundred heavy rows', () => {
  const size = (answer: unknown) => Buffer.byteLength(JSON.stringify(answer));

  test('is at most 300 kB, without the avatars of the last rows', async () => {
    const answer = await list({ batch_size: '100' });
    expect(answer.users).toHaveLength(100);
    expect(size(answer)).toBeLessThanOrEqual(LARGEST_ANSWER);
    expect(size(answer)).toBeGreaterThan(LARGEST_ANSWER - 5000);
    const shown = avatars(answer);
    expect(shown.slice(0, 60)).toEqual(crowd.slice(0, 60).map(({ avatar }) => avatar));
    expect(shown.at(-1)).toBeNull();
  });

  test('is so for followers too, who cost a read unit each', async () => {
    const query = v.parse(EdgeQuery, { batch_size: '100' });
    const answer = await listFollowers(popular.username, undefined, query);
    expect(answer.results).toHaveLength(100);
    expect(size(answer)).toBeLessThanOrEqual(LARGEST_ANSWER);
    const { trips, read_units } = await costOf(() => listFollowers(popular.username, undefined, query));
    expect(trips).toBe(2);
    expect(read_units).toBeLessThanOrEqual(110);
  });

  test('keeps ordinary avatars', () => {
    const rows = Array.from({ length: 100 }, (_, n) => ({
      avatar: avatarOf(n % 2 ? 2048 : 256),
      text: heavyText(random, 500),
    }));
    const fitted = fitPage(rows);
    expect(size(fitted)).toBeLessThanOrEqual(LARGEST_ANSWER);
    expect(fitted.filter(({ avatar }, n) => n % 2 === 0 && !avatar)).toEqual([]);
    expect(fitted[1]?.avatar).not.toBeNull();
  });
});

test('M4: of users in a list nothing leaves the table that is not shown', async () => {
  const [user] = await readUsers([popular.username]);
  expect(Object.keys(user ?? {}).sort()).toEqual(['avatar', 'first_name', 'id', 'last_name', 'username']);
});
