import { leaseIds } from '../../lib/table/sequences.ts';
import { type Credential, insertUser, type User } from '../../lib/table/users.ts';

/** A user that no other test has, as it would be stored; `changes` says what matters. */
export function newCard(id: number, changes: Partial<User> = {}): Credential {
  const username = changes.username ?? `user${id}`;
  const stamp = changes.updated_at ?? Date.UTC(2026, 0, 1);
  return {
    ...{ id, username, email: `${username}@example.com`, password_hash: 'none' },
    ...{ first_name: '', last_name: '', bio: '', avatar: null, created_at: stamp, updated_at: stamp },
    ...changes,
  };
}

/** Writes a user past the API, so with the stamp that the test wants. */
export async function insertCard(changes: Partial<User> = {}): Promise<User> {
  const user = newCard(await leaseIds('user', 1), changes);
  await insertUser(user);
  return user;
}
