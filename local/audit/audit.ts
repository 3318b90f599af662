import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { consumption, metered } from '../../lib/meter.ts';
import { type ItemKind, itemKindAt } from '../../lib/table/keys.ts';
import { getItem, scanPage } from '../../lib/table/read.ts';
import type { RawItem } from '../../lib/table/send.ts';
import { readSequence } from '../../lib/table/sequences.ts';
import { inParallel } from '../pool.ts';
import { IdSet } from './ids.ts';
import { INVARIANTS, type Invariant, SHAPES } from './invariants.ts';
import { type Item, Look } from './look.ts';

/** How an audit goes about it. */
export interface AuditOptions {
  /** Puts right what can be put right without a loss: counts. */
  repair?: boolean;
  /** Most read units a second, on the average; as fast as it goes unless said. */
  units?: number;
  /** Milliseconds after which everything that was written is seen everywhere. */
  settling?: number;
  /** Where an audit that was interrupted left off. */
  from?: AuditState;
  /** Called after each page, with what to go on from. */
  onPage?: (state: AuditState) => Promise<void> | void;
}

/** How far an audit has come. */
export interface AuditState {
  /** The key after which it goes on. */
  start?: RawItem | undefined;
  items: number;
  contradictions: Contradiction[];
  read_units: number;
  /** The highest id of each kind so far. */
  highest: Record<'user' | 'follow', number>;
  /** The ids of all edges so far. */
  edges: IdSet;
}

/** Something that contradicts what holds in every table. */
interface Contradiction {
  /** The key of the item, as `USER#alice #PROFILE`. */
  key: string;
  says: string;
  /** It has been put right. */
  repaired: boolean;
}

const PAGE = 500;
const AT_ONCE = 64;

/** Milliseconds by which the index may be behind the table. */
const SETTLING = 1000;

/** After which parts of that time an item is looked at again that seemed wrong: what changes meanwhile is not wrong. */
const SECOND_LOOKS = [0.05, 0.5, 1.5];

/**
 * Compares every item of the table with what must hold of it, page by page, while the service goes on. Nothing that is
 * merely on its way counts: what seems wrong is read again, consistently, and must be wrong each time.
 */
export function audit({
  repair = false,
  settling = SETTLING,
  units = Number.POSITIVE_INFINITY,
  from,
  onPage,
}: AuditOptions = {}): Promise<AuditState> {
  return metered(async () => {
    const state: AuditState = from ?? {
      ...{ items: 0, contradictions: [], read_units: 0, edges: new IdSet() },
      highest: { user: 0, follow: 0 },
    };
    const before = state.read_units;
    const began = performance.now();
    do {
      const page = await scanPage(PAGE, state.start);
      const look = new Look();
      const found = await inParallel(page.items as Item[], AT_ONCE, (item) =>
        examine(item, look, { repair, settling }),
      );
      state.contradictions.push(...found.flat(), ...noteIds(page.items as Item[], state));
      Object.assign(state, { start: page.next, items: state.items + page.items.length });
      state.read_units = before + (consumption()?.read_units ?? 0);
      await onPage?.(state);
      const due = ((state.read_units - before) / units) * 1000;
      await sleep(Math.max(0, due - (performance.now() - began)));
    } while (state.start);
    state.contradictions.push(...(await compareSequences(state)));
    return state;
  });
}

/** What is wrong with an item, put right where that is asked for. */
async function examine(
  item: Item,
  look: Look,
  { repair, settling }: Required<Pick<AuditOptions, 'repair' | 'settling'>>,
): Promise<Contradiction[]> {
  const kind = itemKindAt(item);
  if (!kind) return [contradiction(item, 'is of no kind that there is')];
  const suspicious = await violated(kind, item, look, INVARIANTS);
  const found = suspicious.length > 0 ? await lookAgain(kind, item, suspicious, settling) : [];
  return Promise.all(
    found.map(async ({ item, says, invariant }) => {
      const repaired = repair && ((await invariant?.repair?.(item, settling)) ?? false);
      return { ...contradiction(item, says), repaired };
    }),
  );
}

interface Violation {
  item: Item;
  says: string;
  /** `undefined` where the item has not even its shape. */
  invariant: Invariant | undefined;
}

/** The invariants among those that an item violates. */
async function violated(
  kind: ItemKind,
  item: Item,
  look: Look,
  invariants: readonly (Invariant | undefined)[],
): Promise<Violation[]> {
  const shape = v.safeParse(SHAPES[kind], item);
  if (!shape.success) {
    const places = shape.issues.map((issue) => v.getDotPath(issue) ?? 'the item itself');
    return [{ item, says: `is damaged at: ${[...new Set(places)].join(', ')}`, invariant: undefined }];
  }
  const all = invariants.filter((invariant) => invariant?.of.includes(kind));
  const found = await Promise.all(
    all.map(async (invariant) => ({ item, invariant, says: await invariant?.find(item, look) })),
  );
  return found.flatMap(({ says, ...rest }) => (says === undefined ? [] : [{ says, ...rest }]));
}

/** Those of the violations that stand whenever they are looked at. */
async function lookAgain(
  kind: ItemKind,
  item: Item,
  suspicious: Violation[],
  settling: number,
): Promise<Violation[]> {
  let found = suspicious;
  for (const part of SECOND_LOOKS) {
    await sleep(part * settling);
    const now = (await getItem({ PK: item.PK, SK: item.SK }, { consistent: true })) as Item | undefined;
    if (!now) return [];
    const damaged = found.some(({ invariant }) => !invariant);
    const look = new Look({ settling });
    found = await violated(kind, now, look, damaged ? INVARIANTS : found.map(({ invariant }) => invariant));
    if (found.length === 0) return [];
  }
  return found;
}

/** Two edges have one id: no item claims it, so that this shows only where all have passed. */
function noteIds(items: readonly Item[], { highest, edges }: AuditState): Contradiction[] {
  return items.flatMap((item) => {
    const kind = itemKindAt(item);
    if ((kind !== 'user' && kind !== 'follow') || !Number.isSafeInteger(item.id) || item.id < 0) return [];
    highest[kind] = Math.max(highest[kind], item.id);
    return kind === 'follow' && !edges.add(item.id)
      ? [contradiction(item, 'has the id of another follow')]
      : [];
  });
}

/** Sequences only grow, so that they are read last. */
async function compareSequences({ highest }: AuditState): Promise<Contradiction[]> {
  const found = await Promise.all(
    (['user', 'follow'] as const).map(async (sequence) => {
      const value = await readSequence(sequence);
      const key = `the sequence of ${sequence} ids`;
      const says = `is at ${value}, and ${highest[sequence]} is given away`;
      return value < highest[sequence] ? [{ key, says, repaired: false }] : [];
    }),
  );
  return found.flat();
}

const contradiction = ({ PK, SK }: Item, says: string): Contradiction => ({
  key: `${PK} ${SK}`,
  says,
  repaired: false,
});
