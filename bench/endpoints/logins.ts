import { compareSync } from 'bcryptjs';
import { hashPassword } from '../../lib/auth/passwords.ts';
import { Instance } from '../harness/instances.ts';
import { inTurn } from '../harness/inTurn.ts';
import { milliseconds, number, type Section, table } from '../harness/report.ts';
import { mean, median } from '../harness/statistics.ts';
import { PASSWORD } from './people.ts';
import type { Scenario } from './scenarios.ts';

const ROUNDS = 7;
const LOGINS = 20;

/** Processor times, in milliseconds, of comparisons that bcryptjs makes with nothing around them. */
export function timeComparisons(hash: string, count: number): number[] {
  return Array.from({ length: count }, () => {
    const before = process.threadCpuUsage();
    compareSync(PASSWORD, hash);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
}

/** How many logins a core carries, beside what bcryptjs alone would; in turns, so that noise meets both alike. */
export async function measureLogins({ request }: Scenario): Promise<Section> {
  await using instance = new Instance('login');
  const requests = Array.from({ length: LOGINS }, (_, n) => request(n));
  const hash = await hashPassword(PASSWORD);
  await instance.invoke(requests);
  timeComparisons(hash, LOGINS);

  const rounds = await inTurn('Logins', Array.from({ length: ROUNDS }), async () => ({
    alone: mean(timeComparisons(hash, LOGINS)),
    in_turn: (await instance.invoke(requests)).cpu / LOGINS,
    at_once: (await instance.invoke(requests, { at_once: LOGINS })).cpu / LOGINS,
  }));
  const best = median(rounds.map(({ alone }) => alone));
  const row = (title: string, times: number[]) => {
    const time = median(times);
    return [title, milliseconds(time), number(1000 / time, 1), `${number((best / time) * 100)} %`];
  };
  return {
    title: 'Logins',
    note: `Processor time of the whole process, p50 of ${ROUNDS} rounds of ${LOGINS}.`,
    body: table(
      ['what', 'ms of a core', 'a second and core', 'of the ceiling'],
      [
        row(
          'bcryptjs alone: the ceiling',
          rounds.map(({ alone }) => alone),
        ),
        row(
          'login, one after the other',
          rounds.map(({ in_turn }) => in_turn),
        ),
        row(
          `login, ${LOGINS} at once`,
          rounds.map(({ at_once }) => at_once),
        ),
      ],
    ),
  };
}
