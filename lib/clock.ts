/** Tells the time in milliseconds since 1970; passed to whatever stamps or compares times. */
export type Clock = () => number;

/** Whole seconds since 1970, as tokens and TTL attributes count them. */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** The time of a change (ms), later than that of the last one, whatever the clock says. */
export function afterLast(now: number, last = 0): number {
  return Math.max(now, last + 1);
}

/** A time as the API shows it: UTC, whole seconds, `2024-01-15T10:30:00Z`. */
export function toTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
