import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { UserDirectory } from '../../lib/directory/engine.ts';
import { listUsers } from '../../lib/directory/list.ts';
import type { DirectoryQuery } from '../../lib/directory/query.ts';
import { deleteBlock, insertBlock } from '../../lib/table/blocks.ts';
import { type Card, readFeed } from '../../lib/table/cards.ts';
import type { Caller } from '../../lib/table/items.ts';
import { snapshotKey, userKey } from '../../lib/table/keys.ts';
import { updateUser } from '../../lib/table/profileChanges.ts';
import { documents, TableName } from '../../lib/table/send.ts';
import { readManifest } from '../../lib/table/snapshots.ts';
import { readUser, type User } from '../../lib/table/users.ts';
import { putItem } from '../../lib/table/write.ts';
import { below, oneOf, type Random } from '../../local/seed/random.ts';
import { type DirectoryEngine, embeddedEngine } from './directoryEngines.ts';
import { expectedBatch } from './directoryModel.ts';
import { randomQuery, randomText, randomUsername } from './directoryQueries.ts';
import { snapshotFile } from './snapshotFiles.ts';
import { deleteAccount, hide, show, storeUser } from './users.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How late a write may come after its stamp: less than the directory looks back. */
const LATEST = 9 * SECOND;

class Broken extends Error {
  override readonly name = 'Broken';
}

/** Several replicas over one table, and a model that says what each of them must answer. */
export class DirectorySimulation {
  readonly done: Record<string, number> = {};
  readonly #random: Random;
  readonly #cards = new Map<number, Card>();
  /** Whom each user blocks. */
  readonly #blocks = new Map<number, Set<number>>();
  readonly #directories: UserDirectory[];
  readonly #engine: DirectoryEngine;
  readonly #suspended: string[] = [];
  #registered = 0;
  #now = Date.UTC(2026, 0, 1);
  /** Pages of the feed until a read breaks off. */
  #break_after = Number.POSITIVE_INFINITY;

  constructor(random: Random, replicas: number, engine = embeddedEngine) {
    this.#random = random;
    this.#engine = engine;
    this.#directories = Array.from({ length: replicas }, () => this.#start());
  }

  /** Does one random thing. Answers are compared as they come. */
  async step(): Promise<void> {
    const [name, act] = this.#pickStep();
    this.done[name] = (this.done[name] ?? 0) + 1;
    await act();
  }

  /** Compares every instance, and a new one, with the model. */
  async settle(): Promise<void> {
    this.#directories.push(this.#start());
    for (const directory of this.#directories) await this.#list(directory, randomQuery(this.#random));
  }

  #pickStep(): [string, () => Promise<unknown>] {
    const directory = () => oneOf(this.#random, this.#directories);
    const steps: [number, string, () => Promise<unknown>][] = [
      [20, 'register', () => this.#register()],
      [20, 'change', () => this.#change()],
      [40, 'list', () => this.#list(directory(), randomQuery(this.#random))],
      [5, 'list at once', () => this.#listAtOnce()],
      [3, 'page through', () => this.#pageThrough(directory(), randomQuery(this.#random))],
      [3, 'restart', () => this.#restart()],
      [3, 'break', () => this.#breakOff(below(this.#random, this.#directories.length))],
      [3, 'snapshot', () => this.#engine.renew(this.#clock)],
      [1, 'race for a snapshot', () => this.#raceForSnapshot()],
      [2, 'damage', () => this.#engine.damage?.() ?? this.#damage()],
      [1, 'damage a card', () => this.#damageCard()],
      [4, 'delete', () => this.#delete()],
      [2, 'suspend', () => this.#suspend()],
      [2, 'restore', () => this.#restore()],
      [10, 'block', () => this.#block()],
      [10, 'wait', () => this.#wait()],
    ];
    let left = below(
      this.#random,
      steps.reduce((sum, [weight]) => sum + weight, 0),
    );
    const step = steps.find(([weight]) => {
      left -= weight;
      return left < 0;
    });
    if (!step) throw new RangeError('No step was picked.');
    return [step[1], step[2]];
  }

  readonly #clock = () => this.#now;

  #start(): UserDirectory {
    const simulation = this;
    return this.#engine.open({
      clock: this.#clock,
      read_feed: async function* (shard, since, size) {
        for await (const page of readFeed(shard, since, size)) {
          if (simulation.#break_after-- <= 0) throw new Broken();
          yield page;
        }
      },
    });
  }

  /** Mostly a little ago, as when a write took long; now and then from a clock that is an hour ahead. */
  #stamp(): number {
    if (this.#random() < 0.02) return this.#now + 60 * MINUTE;
    return this.#random() < 0.5 ? this.#now : this.#now - below(this.#random, LATEST);
  }

  async #register(): Promise<void> {
    const stamp = this.#stamp();
    const username = `${randomUsername(this.#random)}${this.#registered++}`;
    const [first_name, last_name, bio] = [
      randomText(this.#random, 5),
      randomText(this.#random, 5),
      randomText(this.#random, 12),
    ];
    const texts = { username, first_name, last_name, bio };
    const {
      email: _,
      epoch: __,
      ...card
    } = await storeUser({ ...texts, created_at: stamp, updated_at: stamp });
    this.#cards.set(card.id, card);
  }

  async #change(): Promise<void> {
    if (this.#cards.size === 0) return;
    const { id, username } = oneOf(this.#random, [...this.#cards.values()]);
    const changes = {
      ...(this.#random() < 0.5 && { first_name: randomText(this.#random, 5) }),
      ...(this.#random() < 0.5 && { bio: randomText(this.#random, 12) }),
      ...(this.#random() < 0.5 && { avatar: `https://example.com/${below(this.#random, 100)}` }),
      last_name: randomText(this.#random, 5),
    };
    const stamp = this.#stamp();
    const caller = await this.#callerOf({ id, username });
    const change = await updateUser(caller, changes, () => stamp);
    if (change.outcome !== 'updated') throw new Error(`The change ended as ${change.outcome}.`);
    const { email: _, epoch: __, ...card } = change.user;
    this.#cards.set(id, card);
  }

  /** Whoever was suspended is in a later epoch. */
  async #callerOf({ id, username }: Pick<Card, 'id' | 'username'>): Promise<Caller> {
    return { id, username, epoch: (await readUser(username))?.epoch ?? 0 };
  }

  /** As somebody sees it who has no token, or as a user does. */
  async #list(directory: UserDirectory, query: DirectoryQuery): Promise<void> {
    const cards = [...this.#cards.values()];
    const viewer = this.#random() < 0.5 && cards.length > 0 ? oneOf(this.#random, cards) : undefined;
    const seen = cards.filter(({ id }) => !viewer || !this.#isBetween(viewer.id, id));
    const caller = viewer && (await this.#callerOf(viewer));
    const expected = expectedBatch(seen, query);
    expect(await listUsers(query, caller, directory), JSON.stringify(query)).toEqual(expected);
  }

  #isBetween(one: number, other: number): boolean {
    return this.#blocks.get(one)?.has(other) || this.#blocks.get(other)?.has(one) || false;
  }

  /** One user blocks another, or no longer does. */
  async #block(): Promise<void> {
    const cards = [...this.#cards.values()];
    if (cards.length < 2) return;
    const [{ id, username }, other] = [oneOf(this.#random, cards), oneOf(this.#random, cards)];
    if (id === other.id) return;
    const blocked = this.#blocks.get(id) ?? new Set();
    this.#blocks.set(id, blocked);
    const block = { id: 1, blocked: other.id, blocked_username: other.username, created_at: this.#now };
    const caller = await this.#callerOf({ id, username });
    const outcome = blocked.delete(other.id)
      ? await deleteBlock({ blocker: username, blocked: other.username }, { caller })
      : blocked.add(other.id) && (await insertBlock(caller, block));
    expect(outcome).toBe('done');
  }

  async #listAtOnce(): Promise<void> {
    const directory = oneOf(this.#random, this.#directories);
    await Promise.all(Array.from({ length: 4 }, () => this.#list(directory, randomQuery(this.#random))));
  }

  async #pageThrough(directory: UserDirectory, query: DirectoryQuery): Promise<void> {
    for (let batch_number = 0; batch_number < 5; batch_number++) {
      await this.#list(directory, { ...query, batch_number });
    }
  }

  async #restart(): Promise<void> {
    this.#directories[below(this.#random, this.#directories.length)] = this.#start();
  }

  /** A reading of the feed, a first one or a later one, fails on its way. */
  async #breakOff(position: number): Promise<void> {
    if (this.#random() < 0.5) this.#directories[position] = this.#start();
    this.#break_after = below(this.#random, 4);
    const answer = listUsers(randomQuery(this.#random), undefined, this.#directories[position]);
    await expect(answer).rejects.toThrow(Broken);
    this.#break_after = Number.POSITIVE_INFINITY;
  }

  async #raceForSnapshot(): Promise<void> {
    const written = await Promise.all(Array.from({ length: 3 }, () => this.#engine.renew(this.#clock)));
    expect(written.filter(({ outcome }) => outcome === 'written').length).toBeLessThan(2);
  }

  /** The object of the snapshot in force is lost, cut short, damaged somewhere or another one; or its manifest lies. */
  async #damage(): Promise<void> {
    const manifest = await readManifest(this.#now);
    if (!manifest) return;
    const path = snapshotFile(manifest.snapshot);
    const object = await readFile(path).catch(() => undefined);
    if (!object) return;
    const place = below(this.#random, object.length);
    const kind = oneOf(this.#random, ['lost', 'cut', 'byte', 'another', 'manifest']);
    if (kind === 'lost') await rm(path);
    else if (kind === 'cut') await writeFile(path, object.subarray(0, place));
    else if (kind === 'another') await writeFile(path, randomUUID());
    else if (kind === 'manifest') {
      await putItem({ Item: { ...snapshotKey, ...manifest, cards: manifest.cards + 1 } });
    } else {
      object[place] = (object[place] as number) ^ (1 + below(this.#random, 255));
      await writeFile(path, object);
    }
  }

  /** An item that is no card appears in the feed, and costs nobody else anything. */
  async #damageCard(): Promise<void> {
    const { username } = await storeUser({ updated_at: this.#stamp(), bio: 'aba' });
    await documents.send(
      new UpdateCommand({ TableName, Key: userKey(username), UpdateExpression: 'REMOVE bio' }),
    );
  }

  async #delete(): Promise<void> {
    if (this.#cards.size === 0) return;
    const { id, username } = oneOf(this.#random, [...this.#cards.values()]);
    const stamp = this.#stamp();
    await deleteAccount({ username }, () => stamp);
    this.#cards.delete(id);
    this.#blocks.delete(id);
    for (const blocked of this.#blocks.values()) blocked.delete(id);
  }

  async #suspend(): Promise<void> {
    if (this.#cards.size === 0) return;
    const { id, username } = oneOf(this.#random, [...this.#cards.values()]);
    const stamp = this.#stamp();
    await hide(username, 'suspended_at', () => stamp);
    this.#cards.delete(id);
    this.#suspended.push(username);
  }

  async #restore(): Promise<void> {
    const username = this.#suspended.pop();
    if (username === undefined) return;
    const stamp = this.#stamp();
    await show(username, () => stamp);
    const { email: _, epoch: __, ...card } = (await readUser(username)) as User;
    this.#cards.set(card.id, card);
  }

  async #wait(): Promise<void> {
    this.#now += below(this.#random, oneOf(this.#random, [10, 10 * SECOND, 20 * MINUTE, 60 * HOUR]));
  }
}
