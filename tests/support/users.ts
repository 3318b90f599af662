import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Purpose } from '../../lib/mail/links.ts';
import type { Link } from '../../lib/table/links.ts';
import type { Session } from '../../lib/table/sessions.ts';
import { CredentialItem } from '../../lib/table/userItem.ts';
import type { Credential, User } from '../../lib/table/users.ts';
import { type Answer, del, type Options, patch, post } from './api.ts';
import { PASSWORD, PASSWORD_HASH } from './passwords.ts';

/** A user with a session, and everything that the tests may need of it. */
export interface TestUser {
  id: number;
  /** As every account begins. */
  epoch: 0;
  username: string;
  email: string;
  password: string;
  access: string;
  refresh: string;
}

/** A name that no other test uses. */
export const uniqueName = (prefix = 'user') => `${prefix}-${randomUUID().slice(0, 13)}`;

/** A valid registration that collides with no other. */
export function registration(fields: Record<string, unknown> = {}) {
  const username = uniqueName();
  return {
    ...{ username, email: `${username}@example.com`, password: PASSWORD, password_confirm: PASSWORD },
    ...fields,
  };
}

/** Registers a user through the API. */
export async function registerUser(fields: Record<string, unknown> = {}): Promise<TestUser> {
  const body = registration(fields);
  const answer = await post('/register/', body);
  if (answer.status !== 201) throw new Error(`Registration answered ${answer.status}: ${answer.text}`);
  const { user, access, refresh } = answer.body;
  const { id, username, email } = user;
  return { id, epoch: 0, username, email, password: body.password, access, refresh };
}

/** A user as it would be stored; `changes` says what matters. */
export function storedUser(id: number, changes: Partial<User> = {}): Credential {
  const username = changes.username ?? `user${id}`;
  const stamp = changes.updated_at ?? Date.UTC(2026, 0, 1);
  return v.parse(CredentialItem, {
    ...{ id, username, email: `${username}@example.com`, password_hash: PASSWORD_HASH },
    ...{ first_name: '', last_name: '', bio: '', avatar: null, created_at: stamp, updated_at: stamp },
    ...changes,
  });
}

/** Writes a user past the API, so with the stamp that the test wants. */
export async function storeUser(changes: Partial<User> = {}): Promise<User> {
  // Loaded here, for some tests change where the database is before anything of lib/ is loaded.
  const { leaseIds } = await import('../../lib/table/sequences.ts');
  const { insertUser } = await import('../../lib/table/users.ts');
  const { password_hash, ...user } = storedUser(await leaseIds('user', 1), changes);
  const taken = await insertUser({ ...user, password_hash });
  if (taken) throw new Error(`Somebody else has that ${taken}.`);
  return user;
}

/** Begins one more session of a user, past the API, and returns its id. */
export async function storeSession(username: string, fields: Partial<Session> = {}): Promise<string> {
  const { beginSession } = await import('../../lib/auth/sessions.ts');
  const { insertSession } = await import('../../lib/table/sessions.ts');
  const session = { ...beginSession(0, Date.now(), 'Test', ''), ...fields };
  await insertSession(username, session);
  return session.sid;
}

/** Makes a link that might have been mailed to a user, past the API, and returns its token. */
export async function storeLink(
  purpose: Purpose,
  { id, username, email }: Pick<User, 'id' | 'username' | 'email'>,
  fields: Partial<Link> = {},
): Promise<string> {
  const { newToken } = await import('../../lib/mail/links.ts');
  const { insertLink } = await import('../../lib/table/links.ts');
  const { token, name } = newToken(purpose, username);
  const expires_at = Math.floor(Date.now() / 1000) + 60;
  await insertLink(name, { id, ...(purpose === 'verification' && { email }), expires_at, ...fields });
  return token;
}

/** Makes one user follow another, past the API. */
export async function storeFollow(follower: TestUser, followed: TestUser): Promise<void> {
  const { leaseIds } = await import('../../lib/table/sequences.ts');
  const { insertFollow } = await import('../../lib/table/follows.ts');
  const { id: following, username: following_username } = followed;
  const id = await leaseIds('follow', 1);
  await insertFollow(follower, { id, following, following_username, created_at: Date.now() });
}

/** A user like one that has just registered, but written past the API, which is many times faster. */
export async function newUser(fields: Partial<User> = {}): Promise<TestUser> {
  const { issueTokenPair } = await import('../../lib/auth/tokens.ts');
  const now = Date.now();
  const user = await storeUser({ username: uniqueName(), updated_at: now, ...fields });
  const { id, username, email } = user;
  const sid = await storeSession(username);
  const tokens = await issueTokenPair({ ...user, sid }, now);
  return { id, epoch: 0, username, email, password: PASSWORD, ...tokens };
}

/** Puts a user out of sight, past the API. */
export async function hide(
  username: string,
  mark: 'deleted_at' | 'suspended_at',
  clock = Date.now,
): Promise<User> {
  const { hideUser } = await import('../../lib/table/removals.ts');
  const { readUser } = await import('../../lib/table/users.ts');
  const user = await readUser(username);
  if (!user || !(await hideUser(user, mark, clock))) throw new Error(`${username} cannot be hidden.`);
  return user;
}

/** Shows a suspended user again, past the API. */
export async function show(username: string, clock = Date.now): Promise<User> {
  const { showUser } = await import('../../lib/table/removals.ts');
  const { readUser } = await import('../../lib/table/users.ts');
  const user = await readUser(username);
  if (!user || !(await showUser(user, clock))) throw new Error(`${username} cannot be shown.`);
  return user;
}

/** Deletes an account and erases it, without waiting for what may be under way. */
export async function deleteAccount({ username }: Pick<User, 'username'>, clock = Date.now): Promise<void> {
  const { eraseAccount } = await import('../../lib/accounts/eraser.ts');
  const user = await hide(username, 'deleted_at', clock);
  await eraseAccount(user, { clock, wait: async () => {} });
}

export function follow(follower: TestUser, followed: TestUser, options?: Options): Promise<Answer> {
  return post('/follow/', { following: followed.id }, { token: follower.access, ...options });
}

export function unfollow(follower: TestUser, followed: TestUser, options?: Options): Promise<Answer> {
  return del(`/${followed.username}/unfollow/`, { token: follower.access, ...options });
}

export function block(blocker: TestUser, blocked: TestUser, options?: Options): Promise<Answer> {
  return post('/block/', { blocked: blocked.id }, { token: blocker.access, ...options });
}

export function unblock(blocker: TestUser, blocked: TestUser, options?: Options): Promise<Answer> {
  return del(`/${blocked.username}/unblock/`, { token: blocker.access, ...options });
}

export function removeFollower(followed: TestUser, follower: TestUser, options?: Options): Promise<Answer> {
  return del(`/${follower.username}/remove-follower/`, { token: followed.access, ...options });
}

export function report(reporter: TestUser, reported: TestUser, options?: Options): Promise<Answer> {
  return post(`/${reported.username}/report/`, { reason: 'spam' }, { token: reporter.access, ...options });
}

export function changeProfile(user: TestUser, changes: unknown, options?: Options): Promise<Answer> {
  return patch('/me/update/', changes, { token: user.access, ...options });
}
