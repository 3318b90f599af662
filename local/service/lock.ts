import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, StartFailure } from './database.ts';

interface Holder {
  /** Process id of the service. */
  pid: number;
  database_pid: number;
  endpoint: string;
}

/**
 * Makes sure that nobody else uses the local data: throws {@link StartFailure} while another instance runs, and ends
 * the database that an instance left behind when it was killed.
 */
export async function claimLocalData(lock: string): Promise<void> {
  const holder = await readHolder(lock);
  if (!holder || !(await isAnswering(holder.endpoint))) return;
  if (isAlive(holder.pid)) {
    throw new StartFailure(
      `The Users API is already running here, as process ${holder.pid}: stop that one first.`,
    );
  }
  process.kill(holder.database_pid);
  while (await isAnswering(holder.endpoint)) await sleep(50);
}

/** Where the database of the service that runs on the local data answers; `undefined` while none runs. */
export async function findLocalDatabase(lock: string): Promise<string | undefined> {
  const holder = await readHolder(lock);
  return holder && isAlive(holder.pid) && (await isAnswering(holder.endpoint)) ? holder.endpoint : undefined;
}

/** Notes who uses the local data now. */
export async function holdLocalData(lock: string, { endpoint, pid }: Database): Promise<void> {
  if (pid === undefined) return;
  const holder: Holder = { pid: process.pid, database_pid: pid, endpoint };
  await writeFile(lock, JSON.stringify(holder));
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
