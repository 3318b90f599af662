/**
 * Registers people who mean no harm and accounts that do, whose profiles are as long as they may be, and signs some in:
 * `crowd PEOPLE ACCOUNTS`.
 */
import { hashPassword } from '../../lib/auth/passwords.ts';
import { issueTokenPair } from '../../lib/auth/tokens.ts';
import { leaseIds } from '../../lib/table/sequences.ts';
import { insertUser } from '../../lib/table/users.ts';
import { inParallel } from '../../local/pool.ts';
import { writePeople } from '../../local/seed/population.ts';
import { startProgress } from '../../local/seed/progress.ts';
import { seededRandom } from '../../local/seed/random.ts';
import { maximalProfile } from '../../tests/support/directoryCrowd.ts';
import { storedUser } from '../../tests/support/users.ts';
import { PASSWORD } from '../endpoints/people.ts';
import { answer } from '../harness/child.ts';

const SIGNED_IN = 20;
const WRITERS = 8;

/** Who there is. */
export interface Crowd {
  /** Some of those who mean no harm, with the one password of all. */
  people: { username: string; access: string }[];
  password: string;
  /** Access tokens of the accounts that mean harm. */
  hostile: string[];
}

const [people = 0, accounts = 0] = process.argv.slice(2).map(Number);
const random = seededRandom(1);
const password_hash = await hashPassword(PASSWORD);
const progress = startProgress('People', people + accounts);
const population = { users: people, follows: 0, password_hash, now: Date.now(), settled: true };
const known = await writePeople(population, progress);
const hostile = await inParallel(
  Array.from({ length: accounts }, (_, n) => n),
  WRITERS,
  async (n) => {
    const updated_at = Date.now();
    const username = `crowd-${n}-`.padEnd(150, 'x');
    const user = storedUser(await leaseIds('user', 1), { ...maximalProfile(random), username, updated_at });
    await insertUser(user);
    progress.advance();
    return (await issueTokenPair(user, updated_at)).access;
  },
);
progress.finish();
const some = [...known.values()].slice(0, SIGNED_IN).map(async (user) => ({
  username: user.username,
  access: (await issueTokenPair(user, Date.now())).access,
}));
answer({ people: await Promise.all(some), password: PASSWORD, hostile } satisfies Crowd);
