import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { accountKey, revokedTokenKey } from './keys.ts';
import { getItems } from './read.ts';
import type { RawItem } from './send.ts';
import { updateItem } from './write.ts';

const Standing = v.object({ SK: v.string(), id: v.optional(v.number()), expires_at: v.optional(v.number()) });

/** What names one token of one account. */
export interface TokenName {
  username: string;
  jti: string;
}

/** Revokes a token until `expires_at` (seconds). Revoking it again changes nothing. */
export async function revokeToken({ username, jti }: TokenName, expires_at: number): Promise<void> {
  await updateItem({
    Key: revokedTokenKey(username, jti),
    UpdateExpression: 'SET expires_at = :expires_at',
    ExpressionAttributeValues: { ':expires_at': expires_at },
  });
}

/**
 * In one consistent read: the account that the token's name belongs to now, if any, and whether the token is
 * revoked. `now` in milliseconds; a revocation that has expired no longer counts, deleted or not.
 */
export async function readTokenStanding(
  { username, jti }: TokenName,
  now: number,
): Promise<{ account: { id: number } | undefined; revoked: boolean }> {
  const account = accountKey(username);
  const revocation = revokedTokenKey(username, jti);
  const items = await getItems([account, revocation], {
    consistent: true,
    attributes: Object.keys(Standing.entries),
  });
  const parse = (item: RawItem) => parseItem(Standing, 'account or revoked token', item);
  const found = new Map(items.map(parse).map((item) => [item.SK, item]));
  const id = found.get(account.SK)?.id;
  return {
    account: id === undefined ? undefined : { id },
    revoked: (found.get(revocation.SK)?.expires_at ?? 0) > toSeconds(now),
  };
}
