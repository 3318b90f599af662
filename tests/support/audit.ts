import { scanItems } from './table.ts';

/**
 * What does not fit together in the table, or in one elsewhere, one sentence each: users without their claims, claims
 * without their user, counts that disagree with the edges, ids given twice. Spells the keys out itself, so that it
 * also notices what the service puts in the wrong place.
 */
export async function findContradictions(...table: Parameters<typeof scanItems>): Promise<string[]> {
  const items = await scanItems(...table);
  const keyed = new Map(items.map((item) => [`${item.PK} ${item.SK}`, item]));
  const profiles = items.filter(({ SK }) => SK === '#PROFILE');
  /** What is being erased fits together on the side of others only. */
  const users = profiles.filter(({ deleted_at }) => deleted_at === undefined);
  const edges = items.filter(({ SK }) => String(SK).startsWith('FOLLOWS#'));
  const userOf = (name: unknown) => keyed.get(`USER#${String(name).toLowerCase()} #PROFILE`);
  const found: string[] = [];
  const check = (holds: unknown, sentence: string) => {
    if (!holds) found.push(sentence);
  };

  for (const { PK, id, username, email, suspended_at } of users) {
    const stripes = items.filter((item) => item.PK === PK && String(item.SK).startsWith('#COUNT#'));
    const count = (name: string) => stripes.reduce((sum, stripe) => sum + (stripe[name] ?? 0), 0);
    const following = edges.filter((edge) => edge.PK === PK).length;
    const followers = edges.filter((edge) => edge.following === id).length;
    const id_claim = keyed.get(`USER_ID#${id} USER_ID`);
    const named = suspended_at === undefined ? username : undefined;
    check(id_claim && id_claim.username === named, `${username} has no claim on id ${id}`);
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
  for (const { PK, SK, username, GSI1SK } of items.filter(({ SK }) => SK === 'EMAIL' || SK === 'USER_ID')) {
    if (SK === 'USER_ID' && username === undefined) {
      check(GSI1SK, `${PK} is nobody, and the directory is not told`);
      continue;
    }
    const user = userOf(username);
    const claimed = SK === 'EMAIL' ? `EMAIL#${user?.email.toLowerCase()}` : `USER_ID#${user?.id}`;
    check(claimed === PK, `${PK} is claimed for nobody`);
  }
  for (const { PK, following_username } of edges) {
    const known = keyed.get(`${PK} #PROFILE`) && userOf(following_username);
    check(known, `${PK} follows ${following_username}, and one of them is nobody`);
  }
  for (const { PK, SK } of items.filter(({ PK }) => String(PK).startsWith('USER#'))) {
    check(keyed.has(`${PK} #PROFILE`), `${PK} ${SK} belongs to nobody`);
  }
  const users_ids = users.map(({ id }) => id);
  const edge_ids = edges.map(({ id }) => id);
  check(new Set(users_ids).size === users.length, 'two users have one id');
  check(new Set(edge_ids).size === edges.length, 'two follows have one id');
  return found;
}
