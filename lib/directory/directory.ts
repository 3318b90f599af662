import { type Card, feedCount, readFeed } from '../table/directory.ts';
import { Replica } from './replica.ts';

/**
 * How far back each refresh looks again, in milliseconds: longer than any request may run, so that a change that was
 * stamped early and written late is not missed.
 */
const OVERLAP = 30_000;

/** This instance's replica with, for each shard, the time of the newest change it has seen. */
interface State {
  replica: Replica;
  newest: number[];
}

let current: State | undefined;

/**
 * The directory with every change that was answered before this call. Each call asks every shard for what changed
 * lately, so it costs the changes, not the users; the first call of an instance loads all cards. What arrives is
 * taken in whole or not at all.
 */
export async function readDirectory(): Promise<Replica> {
  const state = current ?? { replica: new Replica(), newest: Array<number>(feedCount).fill(0) };
  const shards = state.newest.map((newest, shard) => readAll(shard, newest - OVERLAP));
  const changes = await Promise.all(shards);
  state.replica.apply(changes.flat());
  changes.forEach((cards, shard) => {
    const newest = cards.reduce((latest, { updated_at }) => Math.max(latest, updated_at), 0);
    state.newest[shard] = Math.max(state.newest[shard] ?? 0, newest);
  });
  current ??= state;
  return state.replica;
}

async function readAll(shard: number, since: number): Promise<Card[]> {
  const cards: Card[] = [];
  for await (const page of readFeed(shard, since)) cards.push(...page);
  return cards;
}
