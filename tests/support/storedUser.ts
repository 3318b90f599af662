import { insertUser, type User } from '../../lib/table/users.ts';
import { uniqueName } from './api.ts';

let next_id = 1;

/** A user written straight into the table of this file: no request, no password. */
export async function storedUser(now = 0): Promise<User> {
  const username = uniqueName('Stored');
  const email = `${username}@example.com`;
  const texts = { email, password_hash: '', first_name: '', last_name: '', bio: '' };
  const user = { id: next_id++, username, ...texts, avatar: null, created_at: now, updated_at: now };
  await insertUser(user);
  return user;
}
