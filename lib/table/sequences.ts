import * as v from 'valibot';
import { parseItem } from './items.ts';
import { type Sequence, sequenceKey } from './keys.ts';
import { getItem } from './read.ts';
import { updateItem } from './write.ts';

export const SequenceItem = v.object({ value: v.number() });

/** Takes `size` ids of a sequence for the caller alone and returns the first; unused ones are lost. */
export async function leaseIds(sequence: Sequence, size: number): Promise<number> {
  const { item = {} } = await updateItem({
    Key: sequenceKey(sequence),
    UpdateExpression: 'ADD #value :size',
    ExpressionAttributeNames: { '#value': 'value' },
    ExpressionAttributeValues: { ':size': size },
    ReturnValues: 'UPDATED_NEW',
  });
  return parseItem(SequenceItem, 'sequence', item).value - size + 1;
}

/** Lets a sequence go on above `value`, which may have been given away elsewhere; does nothing to one that is there already. */
export async function raiseSequence(sequence: Sequence, value: number): Promise<void> {
  await updateItem({
    Key: sequenceKey(sequence),
    UpdateExpression: 'SET #value = :value',
    ConditionExpression: 'attribute_not_exists(PK) OR #value < :value',
    ExpressionAttributeNames: { '#value': 'value' },
    ExpressionAttributeValues: { ':value': value },
  });
}

/** The last id that a sequence has given away; 0 when it has given none. */
export async function readSequence(sequence: Sequence): Promise<number> {
  const item = await getItem(sequenceKey(sequence), {
    consistent: true,
    attributes: Object.keys(SequenceItem.entries),
  });
  return item ? parseItem(SequenceItem, 'sequence', item).value : 0;
}

/**
 * Hands out the ids of a sequence one by one, leasing blocks of `size` for this instance. Safe under concurrent
 * calls; what is left of a block when the instance ends is lost.
 */
export function leasedSequence(sequence: Sequence, size: number): () => Promise<number> {
  let next = 1;
  let last = 0;
  let renewal: Promise<void> | undefined;

  async function renew() {
    next = await leaseIds(sequence, size);
    last = next + size - 1;
  }

  return async () => {
    while (next > last) {
      renewal ??= renew().finally(() => {
        renewal = undefined;
      });
      await renewal;
    }
    return next++;
  };
}
