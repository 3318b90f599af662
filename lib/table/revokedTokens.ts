import { revokedTokenKey } from './keys.ts';
import { updateItem } from './write.ts';

/** Revokes a token of the first release, which belongs to no session, until `expires_at` (seconds). Revoking it again changes nothing. */
export async function revokeToken(
  { username, jti }: { username: string; jti: string },
  expires_at: number,
): Promise<void> {
  await updateItem({
    Key: revokedTokenKey(username, jti),
    UpdateExpression: 'SET expires_at = :expires_at',
    ExpressionAttributeValues: { ':expires_at': expires_at },
  });
}
