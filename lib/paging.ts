import * as v from 'valibot';

const MAXIMUM_SIZE = 100;

const INTEGER = /^[+-]?\d+$/;

/** A whole number as a query spells it. */
const integer = (minimum: number, maximum?: number) =>
  v.pipe(
    v.string(),
    v.metadata({ type: 'integer', minimum, ...(maximum !== undefined && { maximum }) }),
    v.check((text) => INTEGER.test(text), 'This must be an integer.'),
    v.transform(Number),
  );

/** How many entries a page has: above 100 counts as 100. */
export const batchSize = (standard: number) =>
  v.optional(
    v.pipe(
      integer(1),
      v.minValue(1, 'This must be at least 1.'),
      v.transform((size) => Math.min(size, MAXIMUM_SIZE)),
    ),
    String(standard),
  );

/** Which page, counted from 0. */
export const batchNumber = v.optional(
  v.pipe(
    integer(0, Number.MAX_SAFE_INTEGER),
    v.minValue(0, 'This must be at least 0.'),
    v.maxValue(Number.MAX_SAFE_INTEGER, 'This may be at most 2^53-1.'),
  ),
  '0',
);
