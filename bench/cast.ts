import { hashPassword } from '../lib/auth/passwords.ts';
import { issueTokenPair } from '../lib/auth/tokens.ts';
import { readFollowing } from '../lib/table/follows.ts';
import { writeFollows, writePeople } from '../local/seed/population.ts';
import { startProgress } from '../local/seed/progress.ts';
import type { Cast } from './scenarios.ts';
import { PASSWORD } from './stage.ts';

const PEOPLE = 1000;
const FOLLOWS = 10;

/** Registers 1,000 people who follow ten others each, the same at every run, and picks whom the scenarios need. */
export async function assembleCast(): Promise<Cast> {
  const population = {
    users: PEOPLE,
    follows: FOLLOWS,
    password_hash: await hashPassword(PASSWORD),
    now: Date.now(),
    settled: true,
  };
  const progress = startProgress('People', 2 * PEOPLE);
  const people = await writePeople(population, progress);
  await writeFollows(people, population, progress);
  progress.finish();

  const [popular, ...others] = [...people.values()].sort((a, b) => a.id - b.id);
  const caller = others.pop();
  if (!popular || !caller) throw new Error('There is nobody.');
  const followed = await readFollowing(caller.username, { size: FOLLOWS });
  const known = new Set(followed.entries.map(({ following_username }) => following_username));
  return {
    caller: { ...caller, ...(await issueTokenPair(caller, Date.now())) },
    spare_refresh: (await issueTokenPair(caller, Date.now())).refresh,
    popular,
    strangers: others.filter(({ username }) => !known.has(username)),
  };
}
