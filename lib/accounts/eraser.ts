import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { nameFailures } from '../auth/loginThrottle.ts';
import type { Clock } from '../clock.ts';
import { LONGEST_REQUEST, LONGEST_WRITE } from '../deadline.ts';
import { putEvents } from '../events/bus.ts';
import { EVENTS } from '../events/events.ts';
import { Defect } from '../problems.ts';
import { eraseItems, eraseTrace, eraseUser } from '../table/erasure.ts';
import type { Identity } from '../table/items.ts';
import { failedLoginKey } from '../table/keys.ts';
import type { Key } from '../table/send.ts';
import { readUser } from '../table/users.ts';

/**
 * How long after a deletion nothing is under way any more that has read the account before, in milliseconds: a follow, a
 * login that is to begin a session, an event that is counted. What is found then is all there is.
 */
const SETTLED = LONGEST_WRITE + LONGEST_REQUEST + 3000;

/** How long one run erases, in milliseconds. */
const RUN = 8 * 60_000;

/** Items elsewhere that are about a user, whom their keys name by a pseudonym. */
const tracesOf = ({ username }: Identity): Key[] => [failedLoginKey(nameFailures(username))];

/** What came of a run. `gone`: there was nothing to erase any more. `unfinished`: another run has to go on. */
export interface Erasure {
  outcome: 'erased' | 'gone' | 'unfinished';
  /** How many items this run has erased, the user itself aside. */
  items: number;
}

interface RunOptions {
  clock?: Clock;
  wait?: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds. */
  run?: number;
}

/**
 * Erases an account that was deleted: everything that is stored about it but the tombstone. Can be interrupted anywhere
 * and run again, also at the same time. Refuses to touch an account that is not deleted; one of another id, as the name's
 * next owner has, is left alone.
 */
export async function eraseAccount(
  { id, username }: Identity,
  { clock = Date.now, wait = sleep, run = RUN }: RunOptions = {},
): Promise<Erasure> {
  const marked = await readUser(username);
  if (marked?.id !== id) return { outcome: 'gone', items: 0 };
  if (marked.deleted_at === undefined) throw new Defect('The account is not deleted.');
  await wait(Math.max(0, marked.deleted_at + SETTLED - clock()));

  const end = clock() + run;
  let items = 0;
  for await (const erased of eraseItems(marked)) {
    items += erased;
    if (clock() >= end) return { outcome: 'unfinished', items };
  }
  for (const key of tracesOf(marked)) if (await eraseTrace(key)) items++;
  await eraseUser(marked);
  return { outcome: 'erased', items };
}

const Delivered = v.object({ 'detail-type': v.literal('AccountDeleted'), detail: EVENTS.AccountDeleted });

/** Erases the account that an event says was deleted; what takes longer than one run, the same event tells the next one. */
export async function eraseDeleted(delivered: unknown, options?: RunOptions): Promise<Erasure> {
  const { 'detail-type': type, detail } = v.parse(Delivered, delivered);
  const erasure = await eraseAccount(detail.user, options);
  if (erasure.outcome === 'unfinished') {
    const refused = await putEvents([{ type, detail }]);
    if (refused.length > 0) throw new Defect('The bus refuses the event that tells the next run.');
  }
  return erasure;
}
