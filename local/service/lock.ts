import { rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, StartFailure } from './database.ts';

/** Requests under way have 5 seconds to end in. */
const MOST_TIME_TO_END = 8000;

interface Holder {
  /** Process id of the service. */
  pid: number;
  /** Process id of what started it. */
  parent_pid: number;
  endpoint: string;
}

/**
 * Makes sure that nobody else uses the local data: throws {@link StartFailure} while another instance runs. One whose
 * parent has ended is about to end too, and is waited for.
 */
export async function claimLocalData(lock: string): Promise<void> {
  const patience = Date.now() + MOST_TIME_TO_END;
  for (;;) {
    const holder = await readHolder(lock);
    if (!holder || !(await isAnswering(holder.endpoint))) return;
    const isEnding = !isAlive(holder.pid) || !isAlive(holder.parent_pid);
    if (!isEnding || Date.now() > patience) {
      throw new StartFailure(
        `The Users API is already running here, as process ${holder.pid}: stop that one first.`,
      );
    }
    await sleep(50);
  }
}

/** Where the database of the service that runs on the local data answers; `undefined` while none runs. */
export async function findLocalDatabase(lock: string): Promise<string | undefined> {
  const holder = await readHolder(lock);
  return holder && isAlive(holder.pid) && (await isAnswering(holder.endpoint)) ? holder.endpoint : undefined;
}

/** Notes who uses the local data, until this process ends. */
export async function holdLocalData(lock: string, { endpoint, pid }: Database): Promise<void> {
  if (pid === undefined) return;
  const holder: Holder = { pid: process.pid, parent_pid: process.ppid, endpoint };
  await writeFile(lock, JSON.stringify(holder));
  process.once('exit', () => rmSync(lock, { force: true }));
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(lock, 'utf8'));
  } catch {
    await rm(lock, { force: true });
    return undefined;
  }
}

const isAnswering = (endpoint: string) =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
