import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import type { Limit } from './quotas.ts';
import type { RawItem } from './send.ts';

/** Parts of an update, to be joined with others. */
export interface Parts {
  set: string[];
  conditions: string[];
  values: Record<string, unknown>;
}

const NOTHING: Parts = { set: [], conditions: [], values: {} };

/** The attributes in which an item keeps a window of its own. */
export interface Window {
  /** How many times there were in the last window. */
  count: string;
  /** When that window ends, in seconds since 1970. */
  end: string;
}

/**
 * What counts one more time, at `now` (ms), against a limit in an item that is written anyway: in the window that runs, or
 * in one that begins. Which of the two, the item says as it was `found`; where it has not been read, `guess` does, and the
 * write is refused where the guess is wrong. Answers the seconds until the next time instead when the window is full.
 */
export function countInWindow(
  { count, end }: Window,
  found: RawItem | undefined,
  now: number,
  { times, within }: Limit,
  guess: 'runs' | 'begins',
): Parts | { seconds: number } {
  if (times === Number.POSITIVE_INFINITY) return NOTHING;
  const number = v.optional(v.number(), 0);
  const { [count]: counted = 0, [end]: ends_at = 0 } = parseItem(
    v.object({ [count]: number, [end]: number }),
    'window',
    found ?? {},
  );
  const now_s = toSeconds(now);
  const seconds = ends_at - now_s;
  if (seconds > 0 && counted >= times) return { seconds };
  const runs = found ? seconds > 0 : guess === 'runs';
  if (runs) {
    return {
      set: [`${count} = ${count} + :one`],
      conditions: [`${end} > :now_s`, `${count} < :times`],
      values: { ':one': 1, ':now_s': now_s, ':times': times },
    };
  }
  return {
    set: [`${count} = :one`, `${end} = :next_end`],
    conditions: [`(attribute_not_exists(${end}) OR ${end} <= :now_s)`],
    values: { ':one': 1, ':next_end': now_s + within, ':now_s': now_s },
  };
}
