import { scanItems } from './table.ts';

/**
 * What does not fit together in the table, or in one elsewhere, one sentence each: users without their claims, claims
 * without their user, counts that disagree with the edges, blocks with one side or with a follow across, ids given twice. Spells the keys out itself, so that it
 * also notices what the service puts in the wrong place.
 */
export async function findContradictions(...table: Parameters<typeof scanItems>): Promise<string[]> {
  const items = await scanItems(...table);
  const keyed = new Map(items.map((item) => [`${item.PK} ${item.SK}`, item]));
  const users = items.filter(({ SK }) => SK === '#PROFILE');
  const edges = items.filter(({ SK }) => String(SK).startsWith('FOLLOWS#'));
  const userOf = (name: unknown) => keyed.get(`USER#${String(name).toLowerCase()} #PROFILE`);
  const found: string[] = [];
  const check = (holds: unknown, sentence: string) => {
    if (!holds) found.push(sentence);
  };

  for (const { PK, id, username, email } of users) {
    const stripes = items.filter((item) => item.PK === PK && String(item.SK).startsWith('#COUNT#'));
    const count = (name: string) => stripes.reduce((sum, stripe) => sum + (stripe[name] ?? 0), 0);
    const following = edges.filter((edge) => edge.PK === PK).length;
    const followers = edges.filter((edge) => edge.following === id).length;
    check(keyed.get(`USER_ID#${id} USER_ID`)?.username === username, `${username} has no claim on id ${id}`);
    const claim = keyed.get(`EMAIL#${String(email).toLowerCase()} EMAIL`);
    check(claim?.username === username, `${username} has no claim on the email address`);
    check(keyed.get(`${PK} #COUNT#00`)?.id === id, `${username} has no account`);
    check(
      count('following_count') === following,
      `${username} counts ${count('following_count')} following, not ${following}`,
    );
    check(
      count('followers_count') === followers,
      `${username} counts ${count('followers_count')} followers, not ${followers}`,
    );
  }
  for (const { PK, SK, username } of items.filter(({ SK }) => SK === 'EMAIL' || SK === 'USER_ID')) {
    const user = userOf(username);
    const claimed = SK === 'EMAIL' ? `EMAIL#${user?.email.toLowerCase()}` : `USER_ID#${user?.id}`;
    check(claimed === PK, `${PK} is claimed for nobody`);
  }
  for (const { PK, following_username } of edges) {
    const known = keyed.get(`${PK} #PROFILE`) && userOf(following_username);
    check(known, `${PK} follows ${following_username}, and one of them is nobody`);
  }
  const blocks = items.filter(({ SK }) => String(SK).startsWith('BLOCKS#'));
  const sides = items.filter(({ SK }) => String(SK).startsWith('BLOCKED_BY#'));
  for (const { PK, blocked, blocked_username } of blocks) {
    const [blocker, name] = [String(PK).slice('USER#'.length), String(blocked_username).toLowerCase()];
    const side = keyed.get(`USER#${name} BLOCKED_BY#${blocker}`);
    check(side?.blocker === userOf(blocker)?.id, `${name} does not know of the block by ${blocker}`);
    check(userOf(name)?.id === blocked, `${blocker} blocks ${name}, who is nobody`);
    check(!keyed.has(`${PK} FOLLOWS#${name}`), `${blocker} blocks ${name} and follows`);
    check(!keyed.has(`USER#${name} FOLLOWS#${blocker}`), `${blocker} blocks ${name}, who follows`);
  }
  check(
    blocks.length === sides.length,
    `there are ${blocks.length} blocks, with ${sides.length} other sides`,
  );
  for (const { PK, username } of users) {
    const account = keyed.get(`${PK} #COUNT#00`);
    const own = blocks.filter((block) => block.PK === PK).length;
    const others = sides.filter((side) => side.PK === PK).length;
    check((account?.blocking_count ?? 0) === own, `${username} does not count ${own} blocks`);
    check(
      (account?.blocked_by_count ?? 0) === others,
      `${username} does not count ${others} blocks by others`,
    );
  }
  const users_ids = users.map(({ id }) => id);
  const edge_ids = edges.map(({ id }) => id);
  check(new Set(users_ids).size === users.length, 'two users have one id');
  check(new Set(edge_ids).size === edges.length, 'two follows have one id');
  return found;
}
