import { compareSync } from 'bcryptjs';
import { hashPassword } from '../lib/auth/passwords.ts';
import type { Fleet } from './instances.ts';
import { median, milliseconds, type Section, table } from './report.ts';
import type { Scenario } from './scenarios.ts';
import { PASSWORD } from './stage.ts';

const ROUNDS = 7;
const LOGINS = 20;

/** Processor time of comparisons that bcryptjs makes with nothing around them: what no login can undercut. */
function ceiling(hash: string): number {
  const before = process.cpuUsage();
  for (let n = 0; n < LOGINS; n++) compareSync(PASSWORD, hash);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / LOGINS;
}

/** How many logins a core carries, beside what bcryptjs alone would; in turns, so that noise meets both alike. */
export async function measureLogins(fleet: Fleet, { request }: Scenario): Promise<Section> {
  const instance = fleet.start('login');
  const requests = Array.from({ length: LOGINS }, (_, n) => request(n));
  const hash = await hashPassword(PASSWORD);
  await instance.invoke(requests);
  ceiling(hash);

  const alone: number[] = [];
  const in_turn: number[] = [];
  const at_once: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(ceiling(hash));
    in_turn.push((await instance.invoke(requests)).cpu / LOGINS);
    at_once.push((await instance.invoke(requests, { at_once: LOGINS })).cpu / LOGINS);
  }
  await instance.stop();

  const best = median(alone);
  const row = (title: string, times: number[]) => {
    const time = median(times);
    return [title, milliseconds(time), (1000 / time).toFixed(1), `${((best / time) * 100).toFixed(0)} %`];
  };
  return {
    title: 'Logins',
    note: `Processor time of the whole process, p50 of ${ROUNDS} rounds of ${LOGINS}.`,
    body: table(
      ['what', 'ms of a core', 'a second and core', 'of the ceiling'],
      [
        row('bcryptjs alone: the ceiling', alone),
        row('login, one after the other', in_turn),
        row(`login, ${LOGINS} at once`, at_once),
      ],
    ),
  };
}
