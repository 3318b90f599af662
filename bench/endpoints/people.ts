import { hashPassword } from '../../lib/auth/passwords.ts';
import { toSeconds } from '../../lib/clock.ts';
import { newToken, PURPOSES, type Purpose } from '../../lib/mail/links.ts';
import { block } from '../../lib/social/blocks.ts';
import { follow } from '../../lib/social/follows.ts';
import { insertLink } from '../../lib/table/links.ts';
import type { User } from '../../lib/table/users.ts';
import { friends } from '../../local/seed/people.ts';
import { writeFollows, writePeople } from '../../local/seed/population.ts';
import type { Progress } from '../../local/seed/progress.ts';
import { signIn, signInAll } from '../harness/requests.ts';

/** The one password of everybody here. */
export const PASSWORD = 'password123';

const FOLLOWS = 10;
const MANY_FOLLOWS = 100;
const BLOCKS = 10;

/** Each of them is asked for once. */
const SIGNED_IN_TWICE = 600;

/** So many passwords are changed, and reset: instances that are warm take the first 45, and from 500 on, those after. */
const PASSWORDS = 65;

/**
 * So many that nobody of a list is used twice, neither by the first 45 requests of warm instances nor by the 15 from
 * number 500 on that cold starts are asked.
 */
const USED_UP = 75;

type Session = Awaited<ReturnType<typeof signIn>>;

/** Who there is to ask for: the caller, and others. */
export interface People {
  /** Follows ten others. */
  caller: Session;
  /** Follows a hundred. */
  collector: Session;
  /** Strangers who may change their passwords, each once. */
  changing: Session[];
  /** Tokens that were mailed to strangers who forgot theirs, each good once. */
  forgotten: string[];
  /** Nobody follows these, who delete their accounts, each once. */
  going: Session[];
  /** Strangers who may log out, each once. */
  leaving: Session[];
  /** Many follow this one. */
  popular: Session;
  /** They follow the popular one. */
  fans: { username: string }[];
  /** Blocks ten others and is blocked by ten. */
  hidden: Session;
  /** Blocks nobody yet. */
  careful: Session;
  /** The careful one and these do not follow one another, and the hidden one follows none of them. */
  unrelated: { id: number; username: string }[];
  /** Follows some, who follow back. */
  sociable: Session;
  mutuals: Session[];
  /** The caller follows none of these. */
  strangers: User[];
  /** A token that was mailed to the one whom many follow. */
  verification: string;
  /** Strangers with two sessions each, of which `other` is the id of the second. */
  twice: (Session & { other: string })[];
}

/** Registers so many people who follow ten others each, the same at every run, and picks whom the scenarios need. */
export async function preparePeople(users: number, progress: Progress): Promise<People> {
  const password_hash = await hashPassword(PASSWORD);
  const population = { users, follows: FOLLOWS, password_hash, now: Date.now(), settled: true };
  const people = await writePeople(population, progress);
  await writeFollows(people, population, progress);
  const more = await writePeople({ ...population, users: users + USED_UP }, progress);
  progress.finish();

  const strangersOf = (number: number) => {
    const known = new Set([number, ...friends(number, { size: users, follows: FOLLOWS })]);
    return [...people].flatMap(([other, user]) => (known.has(other) ? [] : [user]));
  };
  const roles = [1, users - 4, users - 3, users - 2, users - 1, users].map((number) => people.get(number));
  const [popular, sociable, careful, hidden, collector, caller] = roles;
  if (!popular || !sociable || !careful || !hidden || !collector || !caller) {
    throw new Error('There are too few people.');
  }
  const followersOf = (number: number) =>
    [...people].flatMap(([other, user]) =>
      friends(other, { size: users, follows: FOLLOWS }).includes(number) ? [user] : [],
    );
  const known = new Set(followersOf(users - 3).map(({ id }) => id));
  const acted = new Set(roles.map((user) => user?.id));
  for (const number of friends(users - 2, { size: users, follows: FOLLOWS })) {
    known.add(people.get(number)?.id ?? 0);
  }
  const unrelated = strangersOf(users - 3).filter(({ id }) => !known.has(id) && !acted.has(id));
  for (const [n, other] of unrelated.slice(0, 2 * BLOCKS).entries()) {
    const [blocker, blocked] = n % 2 ? [other, hidden] : [hidden, other];
    await block(blocker, blocked.id, Date.now);
  }
  const strange = new Set(strangersOf(users - 4).map(({ id }) => id));
  for (const { id } of followersOf(users - 4)) strange.delete(id);
  const mutuals = unrelated.filter(({ id }) => strange.has(id)).slice(-USED_UP);
  for (const other of mutuals) {
    await follow(sociable, other.id, Date.now);
    await follow(other, sociable.id, Date.now);
    acted.add(other.id);
  }
  for (const { id } of strangersOf(users - 1).slice(0, MANY_FOLLOWS - FOLLOWS)) {
    await follow(collector, id, Date.now);
  }
  const fans = followersOf(1).filter(({ id }) => !acted.has(id));
  // Their other sessions end on the way, and with them the tokens of anybody who has another part too.
  const apart = strangersOf(users).filter(({ id }) => !acted.has(id));
  const others = await signInAll(apart.slice(0, SIGNED_IN_TWICE));
  const [changing, forgetful] = [apart.slice(-2 * PASSWORDS, -PASSWORDS), apart.slice(-PASSWORDS)];
  const again = await signInAll(others);
  const twice = again.map((session, position) => ({ ...session, other: others[position]?.sid ?? '' }));
  return {
    ...{ fans: fans.slice(0, USED_UP), unrelated: unrelated.slice(2 * BLOCKS) },
    mutuals: await signInAll(mutuals),
    hidden: await signIn(hidden),
    careful: await signIn(careful),
    sociable: await signIn(sociable),
    caller: await signIn(caller),
    collector: await signIn(collector),
    changing: await signInAll(changing),
    forgotten: await Promise.all(forgetful.map((user) => mailLink('reset', user))),
    leaving: await signInAll(apart.slice(SIGNED_IN_TWICE, -2 * PASSWORDS)),
    going: await signInAll([...more].flatMap(([number, user]) => (number > users ? [user] : []))),
    popular: await signIn(popular),
    strangers: strangersOf(users),
    verification: await mailLink('verification', popular),
    twice,
  };
}

/** The token of a link that might have been mailed to a user. */
async function mailLink(purpose: Purpose, { id, username, email }: User): Promise<string> {
  const { token, name } = newToken(purpose, username);
  const expires_at = toSeconds(Date.now()) + PURPOSES[purpose].lifetime;
  await insertLink(name, { id, ...(purpose === 'verification' && { email }), expires_at });
  return token;
}
