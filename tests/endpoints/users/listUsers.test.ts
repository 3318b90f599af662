import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { changeProfile, follow, newUser, type TestUser, unfollow, uniqueName } from '../../support/users.ts';

/** A word that only this file's users carry, so that other tests' users do not count. */
const mark = `m${randomUUID().slice(0, 8)}`;
const people = [
  { first_name: 'Alice', last_name: 'Smith', bio: `Writes 100%_code ${mark}` },
  { first_name: 'alice', last_name: 'Žižek', bio: `Ruby & Rust ${mark}` },
  { first_name: 'Élodie', last_name: 'SMITHERS', bio: `"quoted" * text ${mark}` },
  { first_name: 'Bob', last_name: '', bio: `${mark} ΟΔΟΣΑ` },
  { first_name: 'Zoë', last_name: 'van der Berg', bio: `two\nlines ${mark}` },
];
const users: TestUser[] = [];

beforeAll(async () => {
  for (const person of people) users.push(await newUser(person));
});

const list = (query: Record<string, string | number>, token?: string) =>
  get(`/?${new URLSearchParams({ search: mark, ...query } as Record<string, string>)}`, { token });

async function firstNames(query: Record<string, string | number>) {
  const { body } = await list(query);
  return body.users.map((user: { first_name: string }) => user.first_name);
}

test('answers cards and batch_info', async () => {
  const answer = await list({ batch_size: 2 });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    message: 'Users retrieved successfully',
    users: [0, 1].map((n) => ({
      id: users[n]?.id,
      username: users[n]?.username,
      first_name: people[n]?.first_name,
      last_name: people[n]?.last_name,
      avatar: null,
      is_following: false,
    })),
    batch_info: {
      current_batch: 0,
      batch_size: 2,
      total_users: 5,
      total_batches: 3,
      users_in_current_batch: 2,
    },
  });
});

test('has batches of 10 by default, in the order of registration', async () => {
  const { body } = await list({});
  expect(body.batch_info.batch_size).toBe(10);
  expect(body.users.map(({ id }: { id: number }) => id)).toEqual(users.map(({ id }) => id));
});

describe('batches', () => {
  test('go to the last, which holds the rest', async () => {
    const { body } = await list({ batch_size: 2, batch_number: 2 });
    expect(body.users.map(({ id }: { id: number }) => id)).toEqual([users[4]?.id]);
    expect(body.batch_info).toMatchObject({ current_batch: 2, users_in_current_batch: 1 });
  });

  test.each([3, 1000, 2 ** 53 - 1])('past the end are empty: %i', async (batch_number) => {
    const { status, body } = await list({ batch_size: 2, batch_number });
    expect(status).toBe(200);
    expect(body.users).toEqual([]);
    expect(body.batch_info).toEqual({
      current_batch: batch_number,
      batch_size: 2,
      total_users: 5,
      total_batches: 3,
      users_in_current_batch: 0,
    });
  });

  test('above 100 count as 100 and say so', async () => {
    for (const batch_size of ['101', '99999999999999999999']) {
      const { body } = await list({ batch_size });
      expect(body.batch_info).toMatchObject({ batch_size: 100, total_batches: 1, users_in_current_batch: 5 });
    }
  });

  test('are none when nothing matches', async () => {
    const { body } = await list({ search: `${mark} nobodyhasthis` });
    expect(body).toMatchObject({ users: [], batch_info: { total_users: 0, total_batches: 0 } });
  });
});

test.each([
  { batch_size: '0' },
  { batch_size: '-1' },
  { batch_size: '1.5' },
  { batch_size: 'ten' },
  { batch_number: '-1' },
  { batch_number: '1e3' },
  { batch_number: '9007199254740992' },
  { ordering: 'email' },
  { ordering: '--username' },
  { ordering: 'Username' },
  { search: 'x'.repeat(201) },
  { search: 'a b c d e f g h i j k' },
  { first_name: 'x'.repeat(201) },
  { last_name: 'a\u0000b' },
])('refuses %j and names the parameter', async (query) => {
  expectProblem(await list(query), 400, 'invalid', Object.keys(query));
});

test('names every bad parameter at once', async () => {
  const answer = await list({ batch_size: 'x', batch_number: 'y', ordering: 'z' });
  expectProblem(answer, 400, 'invalid', ['batch_size', 'batch_number', 'ordering']);
});

test('takes empty parameters as absent', async () => {
  const answer = await get('/?search=&first_name=&last_name=&ordering=&batch_size=&batch_number=');
  expect(answer.status).toBe(200);
  expect(answer.body.batch_info).toMatchObject({ current_batch: 0, batch_size: 10 });
});

describe('search', () => {
  const find = (search: string) => firstNames({ search: `${mark} ${search}`, ordering: 'created_at' });

  test('looks into username, first name, last name and bio', async () => {
    expect(await find(users[3]?.username ?? '')).toEqual(['Bob']);
    expect(await find('lodie')).toEqual(['Élodie']);
    expect(await find('an der')).toEqual(['Zoë']);
    expect(await find('Rust')).toEqual(['alice']);
  });

  test('wants every term somewhere, in any field', async () => {
    expect(await find('alice smith')).toEqual(['Alice']);
    expect(await find('smith elodie')).toEqual([]);
    expect(await find('SMITH  élodie\t"quoted"')).toEqual(['Élodie']);
  });

  test('ignores case in every alphabet', async () => {
    expect(await find('ÉLODIE')).toEqual(['Élodie']);
    expect(await find('žIŽEK')).toEqual(['alice']);
    expect(await find('ΟΔΟΣ')).toEqual(['Bob']);
    expect(await find('ZOE\u0308')).toEqual(['Zoë']);
  });

  test('takes every character literally', async () => {
    expect(await find('100%_')).toEqual(['Alice']);
    expect(await find('1%c')).toEqual([]);
    expect(await find('"quoted"')).toEqual(['Élodie']);
    expect(await find('"')).toEqual(['Élodie']);
    expect(await find('*')).toEqual(['Élodie']);
    expect(await find('lice*')).toEqual([]);
    expect(await find("' OR 1=1 --")).toEqual([]);
  });

  test.each([
    ['é', ['Élodie']],
    ['&', ['alice']],
    ['zo', ['Zoë']],
    ['%_', ['Alice']],
  ])('finds terms of one and two letters: %s', async (term, expected) => {
    expect(await find(term)).toEqual(expected);
  });
});

describe('filters', () => {
  test('match part of the first or last name, in any case, unsplit', async () => {
    expect(await firstNames({ first_name: 'LIC' })).toEqual(['Alice', 'alice']);
    expect(await firstNames({ last_name: 'smith' })).toEqual(['Alice', 'Élodie']);
    expect(await firstNames({ last_name: ' der B' })).toEqual(['Zoë']);
    expect(await firstNames({ last_name: 'van berg' })).toEqual([]);
  });

  test('hold together with each other and with the search', async () => {
    expect(await firstNames({ first_name: 'alice', last_name: 'smith' })).toEqual(['Alice']);
    expect(await firstNames({ first_name: 'al', search: `${mark} ruby` })).toEqual(['alice']);
    expect(await firstNames({ first_name: 'bob', last_name: 'smith' })).toEqual([]);
  });
});

describe('ordering', () => {
  const byCodePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const orders = (query: Record<string, string>) => list(query).then(({ body }) => body.users);

  test('of names is by code points of the lower-cased form, ties by id', async () => {
    expect(await firstNames({ ordering: 'first_name' })).toEqual(['Alice', 'alice', 'Bob', 'Zoë', 'Élodie']);
    expect(await firstNames({ ordering: 'last_name' })).toEqual(['Bob', 'Alice', 'Élodie', 'Zoë', 'alice']);
  });

  test('of usernames is by code points of the lower-cased form', async () => {
    const found = await orders({ ordering: 'username' });
    const names = found.map(({ username }: TestUser) => username.toLowerCase());
    expect(names).toEqual([...names].sort(byCodePoints));
  });

  test.each(['username', 'created_at', 'first_name', 'last_name'])(
    'of -%s is the exact reverse',
    async (name) => {
      const [up, down] = [await orders({ ordering: name }), await orders({ ordering: `-${name}` })];
      expect(down).toEqual(up.toReversed());
    },
  );
});

test('shows a registration and a profile change at once', async () => {
  const word = uniqueName('fresh').replaceAll('-', '');
  const user = await newUser({ bio: word });
  expect((await get(`/?search=${word}`)).body.users).toHaveLength(1);
  const changed = uniqueName('changed').replaceAll('-', '');
  await changeProfile(user, { bio: changed, first_name: 'New', avatar: 'https://a.example/' });
  expect((await get(`/?search=${word}`)).body.users).toEqual([]);
  expect((await get(`/?search=${changed}`)).body.users).toMatchObject([
    { id: user.id, first_name: 'New', avatar: 'https://a.example/' },
  ]);
});

test('tells a caller with a token whom they follow', async () => {
  const caller = await newUser();
  const [followed, other] = users as [TestUser, TestUser];
  await follow(caller, followed);
  const following = async (token?: string) => {
    const { body } = await list({ batch_size: 2 }, token);
    return body.users.map(({ is_following }: { is_following: boolean }) => is_following);
  };
  expect(await following(caller.access)).toEqual([true, false]);
  expect(await following(other.access)).toEqual([false, false]);
  expect(await following()).toEqual([false, false]);
  await unfollow(caller, followed);
  expect(await following(caller.access)).toEqual([false, false]);
});
