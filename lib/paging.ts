import * as v from 'valibot';

const MAXIMUM_SIZE = 100;

const INTEGER = /^[+-]?\d+$/;

/** A whole number as a query spells it. */
const integer = (published: { format: 'int32' | 'int64'; minimum: number; maximum?: number }) =>
  v.pipe(
    v.string(),
    v.metadata({ type: 'integer', ...published }),
    v.check((text) => INTEGER.test(text), 'This must be an integer.'),
    v.transform(Number),
  );

/** How many entries a page has: above 100 counts as 100. */
export const batchSize = (standard: number) =>
  v.optional(
    v.pipe(
      integer({ format: 'int32', minimum: 1 }),
      v.minValue(1, 'This must be at least 1.'),
      v.transform((size) => Math.min(size, MAXIMUM_SIZE)),
    ),
    String(standard),
  );

/** Which page, counted from 0. */
export const batchNumber = v.optional(
  v.pipe(
    integer({ format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    v.minValue(0, 'This must be at least 0.'),
    v.maxValue(Number.MAX_SAFE_INTEGER, 'This may be at most 2^53-1.'),
  ),
  '0',
);
