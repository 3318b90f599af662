/** Logs one person of each imported kind of hash in, twice. */
import { login } from '../../lib/auth/sessions.ts';
import { userKey } from '../../lib/table/keys.ts';
import { getItem } from '../../lib/table/read.ts';
import { person } from '../../local/seed/people.ts';
import { answer } from '../harness/child.ts';
import { HASHED, PASSWORD } from '../import/files.ts';

/** How long the logins of a person took, in milliseconds. */
export type ImportedLogin = { hash: string; first: number; is_renewed: boolean; second: number };

const origin = { source_ip: '192.0.2.1', user_agent: 'bench', clock: Date.now };

async function timed(username: string): Promise<number> {
  const start = performance.now();
  await login({ username, password: PASSWORD }, origin);
  return performance.now() - start;
}

const logins: ImportedLogin[] = [];
for (const [hash, number] of Object.entries(HASHED)) {
  const { username } = person(number);
  const first = await timed(username);
  const item = await getItem(userKey(username), { consistent: true });
  const is_renewed = String(item?.password_hash).startsWith('$2b$10$');
  logins.push({ hash, first, is_renewed, second: await timed(username) });
}
answer(logins);
