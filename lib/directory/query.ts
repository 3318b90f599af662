import * as v from 'valibot';
import { batchNumber, batchSize } from '../paging.ts';
import { query } from '../text.ts';

/** Longest search or filter, in code points. */
const LONGEST_QUERY = 200;
const MOST_TERMS = 10;

/** What a directory can be ordered by; after `-`, the exact reverse. */
export const ORDERINGS = ['username', 'created_at', 'first_name', 'last_name'] as const;
export type Ordering = (typeof ORDERINGS)[number];

const ordering = v.pipe(
  v.string(),
  v.metadata({ enum: ORDERINGS.flatMap((name) => [name, `-${name}`]) }),
  v.transform((text) => ({ by: text.replace(/^-/, ''), descending: text.startsWith('-') })),
  v.object({
    by: v.picklist(
      ORDERINGS,
      `This must be one of ${ORDERINGS.join(', ')}, or one of them after a minus sign.`,
    ),
    descending: v.boolean(),
  }),
);

/** The query of the user list. */
export const DirectoryQuery = v.object({
  search: v.optional(
    v.pipe(
      query(LONGEST_QUERY, true),
      v.transform((text) => text.split(/\s+/u).filter(Boolean)),
      v.maxLength(MOST_TERMS, `This may have at most ${MOST_TERMS} words.`),
    ),
    '',
  ),
  first_name: v.optional(query(LONGEST_QUERY, false)),
  last_name: v.optional(query(LONGEST_QUERY, false)),
  ordering: v.optional(ordering, 'created_at'),
  batch_size: batchSize(10),
  batch_number: batchNumber,
});

/** Which cards, in which order, and which batch of them. */
export type DirectoryQuery = v.InferOutput<typeof DirectoryQuery>;

/**
 * The form in which text is compared: lower case by Unicode's rules. A final sigma is a sigma, or `ΟΔΟΣ` would not
 * find `ΟΔΟΣΑ`.
 */
export const fold = (text: string) => text.toLowerCase().replaceAll('ς', 'σ');
