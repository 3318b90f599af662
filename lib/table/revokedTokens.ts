import { parseItem } from './items.ts';
import { accountKey, revokedTokenKey } from './keys.ts';
import { getItems } from './read.ts';
import type { RawItem } from './send.ts';
import { updateItem } from './write.ts';

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
