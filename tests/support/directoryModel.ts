import type { DirectoryQuery } from '../../lib/directory/query.ts';
import type { Card } from '../../lib/table/cards.ts';

/** The user list as the contract words it, over a plain array: slow, and easy to see right. */
export function expectedBatch(cards: readonly Card[], query: DirectoryQuery) {
  const { search, first_name, last_name, ordering, batch_size, batch_number } = query;
  const matching = cards
    .filter((card) =>
      search.every((term) =>
        [card.username, card.first_name, card.last_name, card.bio].some((text) => contains(text, term)),
      ),
    )
    .filter((card) => first_name === undefined || contains(card.first_name, first_name))
    .filter((card) => last_name === undefined || contains(card.last_name, last_name))
    .sort((a, b) => compare(a[ordering.by], b[ordering.by]) || a.id - b.id);
  if (ordering.descending) matching.reverse();

  const users = matching
    .slice(batch_number * batch_size, (batch_number + 1) * batch_size)
    .map(({ id, username, first_name, last_name, avatar }) => ({
      ...{ id, username, first_name, last_name, avatar },
      is_following: false,
    }));
  return {
    message: 'Users retrieved successfully',
    users,
    batch_info: {
      current_batch: batch_number,
      batch_size,
      total_users: matching.length,
      total_batches: Math.ceil(matching.length / batch_size),
      users_in_current_batch: users.length,
    },
  };
}

const contains = (text: string, part: string) => insensitive(text).includes(insensitive(part));

const insensitive = (text: string) => text.toLowerCase().replaceAll('ς', 'σ');

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  const [left, right] = [a, b].map((text) =>
    [...text.toLowerCase()].map((point) => point.codePointAt(0) ?? 0),
  );
  for (let n = 0; ; n++) {
    const [x, y] = [left?.[n], right?.[n]];
    if (x === undefined || y === undefined) return (left?.length ?? 0) - (right?.length ?? 0);
    if (x !== y) return x - y;
  }
}
