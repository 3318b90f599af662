import { setTimeout as sleep } from 'node:timers/promises';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject, test } from 'vitest';
import { accountKey, followerStripeKey } from '../../../../lib/table/keys.ts';
import type { Key } from '../../../../lib/table/send.ts';
import type { User } from '../../../../lib/table/users.ts';
import { below, seededRandom } from '../../../../local/seed/random.ts';
import { tableProperties } from '../../../../local/serverless.ts';
import { createTable } from '../../../../local/service/table.ts';
import { connect } from '../../../support/table.ts';

/** Without a stream, with which the embedded database slows the more it holds. */
const { StreamSpecification: _, ...properties } = tableProperties;
const TABLE_NAME = `${process.env.TABLE_NAME}-large`;
await createTable(inject('database'), TABLE_NAME, properties);
process.env.TABLE_NAME = TABLE_NAME;

// lib/ reads its environment when it is loaded.
const { follow, unfollow } = await import('../../../../lib/social/follows.ts');
const { audit } = await import('../../../../local/audit/audit.ts');
const { writeFollows, writePeople } = await import('../../../../local/seed/population.ts');

const SIZE = Number(process.env.AUDITED_USERS);
const FOLLOWS_A_SECOND = 50;
/** So many counts are made wrong, on either side. */
const DAMAGED = 10;

const documents = connect(inject('database'));
const silent = { advance() {}, finish() {} };
const random = seededRandom(7);

async function miscount(Key: Key, count: string): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: TABLE_NAME,
      Key,
      UpdateExpression: 'ADD #count :wrong',
      ExpressionAttributeNames: { '#count': count },
      ExpressionAttributeValues: { ':wrong': 1 + below(random, 9) },
    }),
  );
}

/** Lets people follow and unfollow one another, so many a second, the first ten above all; ends with `signal`. */
async function goOn(people: readonly User[], signal: AbortSignal): Promise<number> {
  const running: Promise<unknown>[] = [];
  while (!signal.aborted) {
    const [follower, followed] = [
      people[below(random, SIZE)],
      people[below(random, random() < 0.5 ? 10 : SIZE)],
    ];
    if (follower && followed && follower !== followed) {
      const caller = { ...follower, epoch: 0 };
      const either = [follow(caller, followed.id, Date.now), unfollow(caller, followed.username)];
      running.push(Promise.allSettled(either));
    }
    await sleep(2000 / FOLLOWS_A_SECOND);
  }
  await Promise.all(running);
  return running.length;
}

test(`${SIZE} users: finds nothing wrong that is not, and puts right what is, while people follow`, {
  timeout: 900_000,
}, async () => {
  const population = { users: SIZE, follows: 10, password_hash: '', now: Date.now(), settled: true };
  const by_number = await writePeople(population, silent);
  await writeFollows(by_number, population, silent);
  const people = [...by_number.values()];
  expect((await audit({ settling: 100 })).contradictions).toEqual([]);

  const end = new AbortController();
  const going = goOn(people, end.signal);
  expect((await audit({ settling: 100 })).contradictions).toEqual([]);

  for (const { username } of people.slice(0, DAMAGED)) {
    await miscount(accountKey(username), 'following_count');
    await miscount(followerStripeKey('somebody', username), 'followers_count');
  }
  const { contradictions } = await audit({ settling: 100, repair: true });
  expect(contradictions).toHaveLength(2 * DAMAGED);
  expect(contradictions.filter(({ repaired }) => !repaired)).toEqual([]);
  expect((await audit({ settling: 100 })).contradictions).toEqual([]);

  end.abort();
  expect(await going).toBeGreaterThan(FOLLOWS_A_SECOND);
  expect((await audit({ settling: 100 })).contradictions).toEqual([]);
});
