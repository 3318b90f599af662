import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DeleteCommandInput,
  PutCommand,
  type PutCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ApiError } from '../problems.ts';
import { type Attempt, retrying } from './retry.ts';
import { type RawItem, send, TableName } from './send.ts';

/**
 * How a conditional update ended. `done`: `item` has the attributes that `ReturnValues` asks for. Refused: `item` is
 * the one that refused it, where `ReturnValuesOnConditionCheckFailure` asks for it and there is one.
 */
export type Updated = { done: true; item: RawItem } | { done: false; item: RawItem | undefined };

/**
 * How a transaction ended. Refused: `refused` has the names of the writes whose conditions did not hold, with the
 * items that refused them, where they ask for them.
 */
export type Transacted<Name extends string> =
  | { done: true }
  | { done: false; refused: ReadonlyMap<Name, RawItem | undefined> };

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type WithoutTable<T> = T extends object ? Omit<T, 'TableName'> : T;

/** One write of a transaction: a Put, Update, Delete or ConditionCheck of the one table. */
export type Write = { [Kind in keyof TransactItem]: WithoutTable<TransactItem[Kind]> };

/** The request has taken effect before: see repetitions.ts. */
export class AlreadyDone extends Error {
  override readonly name = 'AlreadyDone';
}

/** The condition that there is no item under this key yet. */
export const IS_NEW = 'attribute_not_exists(PK)';

/** The condition that there is one. */
export const IS_THERE = 'attribute_exists(PK)';

/** Writes one item whole, whatever was there. */
export async function putItem(put: Pick<PutCommandInput, 'Item'>): Promise<void> {
  await send('write', new PutCommand({ TableName, ...put, ReturnConsumedCapacity: 'TOTAL' }));
}

/**
 * Deletes one item: `false` when there was none, or none that its condition holds for. Where a transaction has it at the
 * moment, tries again with jitter.
 */
export function deleteItem(deletion: Omit<DeleteCommandInput, 'TableName'>): Promise<boolean> {
  const command = new DeleteCommand({
    TableName,
    ...deletion,
    ReturnValues: 'ALL_OLD',
    ReturnConsumedCapacity: 'TOTAL',
  });
  return retrying(() =>
    send('write', command).then(
      ({ Attributes }): Attempt<boolean> => ({ value: Attributes !== undefined }),
      (error): Attempt<boolean> => {
        if (error instanceof ConditionalCheckFailedException) return { value: false };
        return againIf(error, (cause) => cause instanceof TransactionConflictException);
      },
    ),
  );
}

/**
 * Updates one item, or refuses to when its condition does not hold. Where a transaction has the item at the moment,
 * tries again with jitter. An update whose answer was lost is sent again, so it must bear being carried out twice.
 */
export function updateItem(update: Omit<UpdateCommandInput, 'TableName'>): Promise<Updated> {
  const command = new UpdateCommand({ TableName, ...update, ReturnConsumedCapacity: 'TOTAL' });
  return retrying(() =>
    send('write', command).then(({ Attributes = {} }) => done({ item: Attributes }), whyNotUpdated),
  );
}

const done = <T extends object>(rest: T) => ({ value: { done: true as const, ...rest } });

function whyNotUpdated(error: unknown): Attempt<Updated> {
  if (error instanceof ConditionalCheckFailedException) {
    return { value: { done: false, item: error.Item && unmarshall(error.Item) } };
  }
  return againIf(error, (cause) => cause instanceof TransactionConflictException);
}

/** The reasons for which a transaction is cancelled though its conditions may hold. */
const TRANSIENT = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'TransactionInProgress',
]);

/**
 * Carries out all writes or none. Conflicts with other transactions and throttles are tried again with jitter, under
 * one request token, so that a repeated try whose first answer was lost has no second effect. Throws `unavailable`
 * when the tries are spent, and {@link AlreadyDone} when a write named `repetition` is refused.
 */
export function transact<Name extends string>(writes: Record<Name, Write>): Promise<Transacted<Name>> {
  const names = Object.keys(writes) as Name[];
  const input = {
    TransactItems: names.map((name) => inTable(writes[name])),
    ClientRequestToken: randomUUID(),
    ReturnConsumedCapacity: 'TOTAL',
  } as const;
  return retrying(() =>
    send('write', new TransactWriteCommand(input)).then(
      () => done({}),
      (error) => whyCancelled(error, names),
    ),
  );
}

function inTable(write: Write): TransactItem {
  const [[kind, input]] = Object.entries(write) as [[string, object]];
  return { [kind]: { TableName, ...input } } as TransactItem;
}

function whyCancelled<Name extends string>(error: unknown, names: Name[]): Attempt<Transacted<Name>> {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const reasons = error.CancellationReasons ?? [];
  const refused = new Map<Name, RawItem | undefined>();
  reasons.forEach(({ Code, Item }, position) => {
    const name = names[position];
    if (Code === 'ConditionalCheckFailed' && name) refused.set(name, Item && unmarshall(Item));
  });
  if (refused.has('repetition' as Name)) throw new AlreadyDone();
  if (refused.size > 0) return { value: { done: false, refused } };
  return againIf(error, () => reasons.some(({ Code }) => TRANSIENT.has(Code ?? '')));
}

/** `send` has made a transient failure `unavailable`; where the database said so itself, another try may do. */
function againIf(error: unknown, isPassing: (cause: unknown) => boolean): { again: unknown } {
  const cause = error instanceof ApiError ? error.cause : error;
  if (isPassing(cause)) return { again: cause };
  throw error;
}
