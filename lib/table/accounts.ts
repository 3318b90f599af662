import * as v from 'valibot';
import { noCounts, parseCounts, sumCounts } from './counters.ts';
import { parseItem } from './items.ts';
import { accountKey, countersOf, ownerIn } from './keys.ts';
import { getItem, getItems, projection, queryAll, type ReadOptions, startingWith } from './read.ts';
import type { RawItem } from './send.ts';
import { isActive } from './userItem.ts';

export const AccountItem = v.object({
  id: v.number(),
  following_count: v.number(),
  epoch: v.optional(v.number(), 0),
  suspended_at: v.optional(v.number()),
  deleted_at: v.optional(v.number()),
  /** How many users it blocks. */
  blocking_count: v.optional(v.number(), 0),
  /** How many users block it. */
  blocked_by_count: v.optional(v.number(), 0),
});

const ACCOUNT_ATTRIBUTES = Object.keys(AccountItem.entries);

/** To whom a name belongs, which tokens it takes, how many users it follows, and the blocks that it takes part in. */
export type Account = v.InferOutput<typeof AccountItem>;

/** Parses the account of a user; see {@link parseItem}. */
export const parseAccount = (item: RawItem): Account => parseItem(AccountItem, 'account', item);

/**
 * The account of that name, `undefined` when nobody has it or it was deleted: the cheapest way to know that a user
 * exists. One that is suspended says so.
 */
export async function readAccount(username: string, options?: ReadOptions): Promise<Account | undefined> {
  const item = await getItem(accountKey(username), { ...options, attributes: ACCOUNT_ATTRIBUTES });
  const account = item && parseAccount(item);
  return account?.deleted_at === undefined ? account : undefined;
}

/** The account of that name with how many users follow it, for the price of the account alone. */
export async function readAccountWithCounts(
  username: string,
  { consistent = false }: ReadOptions = {},
): Promise<(Account & { followers_count: number }) | undefined> {
  const stripes = await queryAll({
    ...startingWith(countersOf(username)),
    ...projection([...new Set([...ACCOUNT_ATTRIBUTES, ...Object.keys(noCounts)])]),
    ConsistentRead: consistent,
  });
  const account = stripes.find(({ id }) => id !== undefined);
  const { followers_count } = sumCounts(stripes.map(parseCounts));
  return account && { ...parseAccount(account), followers_count };
}

/** The accounts of the given names that can be seen, by the names in lower case; each name once. */
export async function readAccounts(
  usernames: readonly string[],
  options?: ReadOptions,
): Promise<Map<string, Account>> {
  const attributes = ['PK', ...ACCOUNT_ATTRIBUTES];
  const items = await getItems(usernames.map(accountKey), { ...options, attributes });
  const accounts = items.map((item) => [ownerIn(String(item.PK)), parseAccount(item)] as const);
  return new Map(accounts.filter(([, account]) => isActive(account)));
}
