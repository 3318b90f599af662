import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';
import { type Attempt, retrying } from './backoff.ts';
import { documents, type RawItem, TableName } from './client.ts';
import { measure } from './meter.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type WithoutTable<T> = T extends object ? Omit<T, 'TableName'> : T;

/** One write of a transaction: a Put, Update, Delete or ConditionCheck of the one table. */
export type Part = { [Kind in keyof TransactItem]: WithoutTable<TransactItem[Kind]> };

/**
 * A transaction was not carried out because conditions of the named parts did not hold. The value is the item as it
 * stood, where the part asked for it (`ReturnValuesOnConditionCheckFailure`), else `undefined`.
 */
export class ConditionsFailed<Name extends string> extends Error {
  override readonly name = 'ConditionsFailed';
  readonly failed: ReadonlyMap<Name, RawItem | undefined>;

  constructor(failed: ReadonlyMap<Name, RawItem | undefined>) {
    super(`Conditions failed: ${[...failed.keys()].join(', ')}.`);
    this.failed = failed;
  }
}

const PASSING = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'TransactionInProgress',
]);

/**
 * Carries out all parts or none. Conflicts with other transactions and throttles are tried again with jitter, under
 * one request token, so that a repeated try whose first answer was lost has no second effect. Throws
 * {@link ConditionsFailed}, or `Unavailable` when the tries are spent.
 */
export async function transact<Name extends string>(parts: Record<Name, Part>): Promise<void> {
  const names = Object.keys(parts) as Name[];
  const TransactItems = names.map((name) => inTable(parts[name]));
  const ClientRequestToken = randomUUID();
  const command = () =>
    new TransactWriteCommand({ TransactItems, ClientRequestToken, ReturnConsumedCapacity: 'TOTAL' });

  await retrying(() =>
    measure('write', () => documents.send(command(), deadline())).then(
      (): Attempt<void> => ({ value: undefined }),
      (error) => whyCancelled(error, names),
    ),
  );
}

function inTable(part: Part): TransactItem {
  const [[kind, write]] = Object.entries(part) as [[string, object]];
  return { [kind]: { TableName, ...write } } as TransactItem;
}

function whyCancelled<Name extends string>(error: unknown, names: Name[]): Attempt<void> {
  if (!(error instanceof TransactionCanceledException)) return translateFailure(error);
  const reasons = error.CancellationReasons ?? [];
  const failed = new Map<Name, RawItem | undefined>();
  reasons.forEach(({ Code, Item }, position) => {
    const name = names[position];
    if (Code === 'ConditionalCheckFailed' && name) failed.set(name, Item && unmarshallItem(Item));
  });
  if (failed.size > 0) throw new ConditionsFailed(failed);
  if (reasons.some(({ Code }) => PASSING.has(Code ?? ''))) return { again: error };
  throw error;
}

const unmarshallItem = (item: Parameters<typeof unmarshall>[0]): RawItem => unmarshall(item);
