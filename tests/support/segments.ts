import * as v from 'valibot';
import { merge, note } from '../../lib/directory/changes.ts';
import { type Batch, findBatch } from '../../lib/directory/find.ts';
import { Overlay } from '../../lib/directory/overlay.ts';
import { DirectoryQuery } from '../../lib/directory/query.ts';
import { type Built, buildSegment } from '../../lib/directory/segment/builder.ts';
import { Segment } from '../../lib/directory/segment/segment.ts';
import { withWorkFile } from '../../lib/directory/snapshot/workFiles.ts';
import type { Card, Change } from '../../lib/table/cards.ts';

/** A segment with some cards, and what has changed since. */
export interface SmallDirectory {
  segment: Segment;
  overlay: Overlay;
  built: Built;
  find(query: DirectoryQuery, except?: readonly number[]): Promise<Batch>;
  /** The ids that such parameters of a request find. */
  ids(parameters: Record<string, string>): Promise<number[]>;
}

interface Options {
  /** How many bytes the file may have, and the changes may take. */
  limit?: number;
  room?: number;
  /** How many bytes of what was found lately are remembered. */
  recent?: number;
}

/** Builds a segment of these cards, which come in any order, and opens it. */
export function directoryOf(
  cards: readonly Card[],
  { limit, room, ...options }: Options = {},
): Promise<SmallDirectory> {
  const latest = new Map<number, Change>();
  note(latest, cards);
  return withWorkFile(async (path) => {
    const built = await buildSegment(path, merge([], latest), limit);
    const segment = new Segment(path, [0, 0, 0, 0], { memory: 100_000_000, ...options });
    const overlay = new Overlay(segment, room);
    const find = (query: DirectoryQuery, except?: readonly number[]) =>
      findBatch(segment, overlay, query, except);
    const ids = async (parameters: Record<string, string>) =>
      (await find(v.parse(DirectoryQuery, parameters))).cards.map(({ id }) => id);
    return { segment, overlay, built, find, ids };
  });
}
