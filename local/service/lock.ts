import { rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, StartFailure } from './database.ts';

/** Milliseconds. A service that ends gives the requests under way five seconds. */
const MOST_TIME_TO_END = 8000;

interface Holder {
  /** Process id of the service. */
  pid: number;
  /** Process id of what started it. */
  parent_pid: number;
  endpoint: string;
}

/**
 * Makes sure that nobody else uses the local data: throws {@link StartFailure} while another service runs on it. One
 * whose parent has ended is about to end as well; that is waited for.
 */
export async function claimLocalData(lock: string): Promise<void> {
  const holder = await readHolder(lock);
  if (!holder) return;
  const { pid, parent_pid, endpoint } = holder;
  const patience = Date.now() + MOST_TIME_TO_END;
  while ((await isAnswering(endpoint)) && !(isAlive(pid) && isAlive(parent_pid)) && Date.now() < patience) {
    await sleep(50);
  }
  if (isAlive(pid) && (await isAnswering(endpoint))) {
    throw new StartFailure(`The Users API is already running here, as process ${pid}: stop that one first.`);
  }
}

/** Where the database of the service that runs on the local data answers; `undefined` while none runs. */
export async function findLocalDatabase(lock: string): Promise<string | undefined> {
  const holder = await readHolder(lock);
  return holder && isAlive(holder.pid) && (await isAnswering(holder.endpoint)) ? holder.endpoint : undefined;
}

/** Records who uses the local data, until this process ends. */
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
  } catch (error) {
    // There may be one that is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
