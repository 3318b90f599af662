import { parseArgs } from 'node:util';
import { useLocalTable } from '../place.ts';
import { StartFailure } from '../service/database.ts';
import { startProgress } from './progress.ts';

const PASSWORD = 'password123';
/** A transaction holds 100 writes: two for each edge and one for the follower's count. */
const MOST_FOLLOWS = 49;

const USAGE = `npm run seed -- [--users 5000] [--follows 10]

Fills the running local service with people who follow one another, of whom one in ten blocks another. Run it again to continue, or to do nothing.
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '5000' },
      follows: { type: 'string', default: '10' },
    },
  });
  const [users, follows] = [Number(values.users), Number(values.follows)];
  const valid = Number.isInteger(users) && users >= 1 && Number.isInteger(follows) && follows >= 0;
  if (!valid || follows > MOST_FOLLOWS) {
    throw new StartFailure(`--users must be at least 1, and --follows from 0 to ${MOST_FOLLOWS}.`);
  }
  return { users, follows };
}

async function seed(): Promise<void> {
  const { users, follows } = readOptions();
  await useLocalTable();
  // lib/ reads its environment when it is loaded.
  const { hashPassword } = await import('../../lib/auth/passwords.ts');
  const { writeBlocks, writeFollows, writePeople } = await import('./population.ts');

  const population = { users, follows, password_hash: await hashPassword(PASSWORD), now: Date.now() };
  const registering = startProgress('People ', users);
  const people = await writePeople(population, registering);
  registering.finish();
  const following = startProgress('Follows', users);
  const written = await writeFollows(people, population, following);
  following.finish();
  const blocks = await writeBlocks(people, population);

  const someone = people.get(1);
  process.stdout.write(`
  There are ${people.size} people who follow one another; ${written} follows and ${blocks} blocks are new.
  Log in as any of them with the password ${PASSWORD}, for example as

    ${someone?.username}

`);
}

try {
  await seed();
} catch (error) {
  const known = error instanceof StartFailure || (error instanceof TypeError && 'code' in error);
  if (!known) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 1;
}
