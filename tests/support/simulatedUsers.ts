import { type Answer, get, post } from './api.ts';
import { changeProfile, follow, registerUser, registration, type TestUser, unfollow } from './users.ts';

/** What an actor knows for certain; `undefined` where a 503 left open whether a write took place. */
interface Knowledge {
  follows: Map<string, boolean | undefined>;
  bios: Set<string>;
  /** Refresh tokens that were revoked for certain. */
  revoked: Set<string>;
}

/** What came of the requests. */
export interface Report {
  /** How many answers had each status. */
  statuses: Record<number, number>;
  /** Answers that contradict what was answered before, one sentence each. */
  wrong: string[];
}

interface Actor extends Knowledge {
  user: TestUser;
  refresh: string;
}

/**
 * Lets users act at the same time, each one request after the other, `requests` in all, and holds every answer
 * against those before. Each actor is the only one who changes its own profile and whom it follows, so it knows what
 * must be answered; a 503 may have taken place or not, and the next answer tells.
 */
export async function simulateUsers(size: number, requests: number, random: () => number): Promise<Report> {
  const users = await Promise.all(Array.from({ length: size }, () => registerUser()));
  const report: Report = { statuses: {}, wrong: [] };
  const actors: Actor[] = users.map((user) => ({
    user,
    refresh: user.refresh,
    follows: new Map(users.map(({ username }) => [username, false])),
    bios: new Set(['']),
    revoked: new Set(),
  }));
  let left = requests;
  await Promise.all(
    actors.map(async (actor) => {
      while (left-- > 0) {
        const act = ACTS[Math.floor(random() * ACTS.length)] ?? readSelf;
        const other = users[Math.floor(random() * users.length)] ?? actor.user;
        await act(actor, other, (answer, holds, sentence) => {
          report.statuses[answer.status] = (report.statuses[answer.status] ?? 0) + 1;
          const right = answer.status === 503 ? answer.headers['retry-after'] : holds;
          if (!right) report.wrong.push(`${sentence}: ${answer.status} ${answer.text}`);
        });
      }
    }),
  );
  return report;
}

type Judge = (answer: Answer, holds: unknown, sentence: string) => void;
type Act = (actor: Actor, other: TestUser, judge: Judge) => Promise<void>;

const followOther: Act = async ({ user, follows }, other, judge) => {
  const answer = await follow(user, other);
  const before = follows.get(other.username);
  if (other === user) return judge(answer, answer.body.code === 'cannot_follow_self', 'followed itself');
  const created = answer.status === 201 && before !== true;
  judge(answer, created || (answer.status === 409 && before !== false), `followed when ${before}`);
  follows.set(other.username, answer.status === 503 ? (before === true ? true : undefined) : true);
};

const unfollowOther: Act = async ({ user, follows }, other, judge) => {
  const answer = await unfollow(user, other);
  const before = follows.get(other.username);
  const ended = answer.status === 200 && before !== false;
  judge(
    answer,
    ended || (answer.body.code === 'not_following' && before !== true),
    `unfollowed when ${before}`,
  );
  follows.set(other.username, answer.status === 503 ? (before === false ? false : undefined) : false);
};

const changeBio: Act = async ({ user, bios }, _, judge) => {
  const bio = `bio ${performance.now()}`;
  const answer = await changeProfile(user, { bio });
  judge(answer, answer.status === 200 && answer.body.bio === bio, 'changed the bio');
  if (answer.status === 200) bios.clear();
  bios.add(bio);
};

const changeEmail: Act = async ({ user }, _, judge) => {
  const { email } = registration();
  const answer = await changeProfile(user, { email });
  judge(answer, answer.status === 200 && answer.body.email === email, 'changed the email address');
};

const readSelf: Act = async ({ user, bios, follows }, _, judge) => {
  const answer = await get('/me/', { token: user.access });
  const sure = [...follows.values()].filter((state) => state === true).length;
  const possible = sure + [...follows.values()].filter((state) => state === undefined).length;
  const { bio, following_count } = answer.body;
  const counted = following_count >= sure && following_count <= possible;
  judge(answer, answer.status === 200 && bios.has(bio) && counted, 'read its own profile');
};

const readFollowing: Act = async ({ user, follows }, _, judge) => {
  const answer = await get('/following/', { token: user.access });
  const listed = new Set<string>();
  for (const edge of answer.body.results ?? []) listed.add(edge.following_username);
  const agrees = [...follows].every(([name, state]) => state === undefined || listed.has(name) === state);
  judge(answer, answer.status === 200 && agrees && answer.body.count === listed.size, 'read whom it follows');
};

const list: Act = async ({ user }, other, judge) => {
  const answer = await get(`/?search=${other.username}`, { token: user.access });
  judge(answer, answer.body.batch_info?.total_users === 1, `searched ${other.username}`);
};

const readOther: Act = async ({ user }, other, judge) => {
  const answer = await get(`/${other.username}/`, { token: user.access });
  judge(answer, answer.status === 200 && answer.body.id === other.id, `read ${other.username}`);
};

const register: Act = async (_, __, judge) => {
  const answer = await post('/register/', registration());
  judge(answer, answer.status === 201, 'registered');
};

const renewSession: Act = async (actor, _, judge) => {
  const { username, password } = actor.user;
  const answer = await post('/login/', { username, password });
  judge(answer, answer.status === 200, 'logged in');
  if (answer.status === 200) actor.refresh = answer.body.refresh;
};

const refresh: Act = async ({ refresh, revoked }, _, judge) => {
  const answer = await post('/token/refresh/', { refresh });
  const expected = revoked.has(refresh) ? 401 : 200;
  const open = revoked.has(`${refresh}?`);
  judge(answer, answer.status === expected || (open && answer.status === 401), 'refreshed');
};

const logOut: Act = async ({ user, refresh, revoked }, _, judge) => {
  const answer = await post('/logout/', { refresh }, { token: user.access });
  judge(answer, answer.status === 200, 'logged out');
  revoked.add(answer.status === 200 ? refresh : `${refresh}?`);
};

const ACTS: Act[] = [
  ...[
    followOther,
    followOther,
    followOther,
    unfollowOther,
    unfollowOther,
    changeBio,
    changeEmail,
    readSelf,
    readSelf,
  ],
  ...[readFollowing, readFollowing, list, readOther, register, renewSession, refresh, refresh, logOut],
];
