import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { config } from '../config.ts';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';
import { type Metered, measure } from '../meter.ts';
import { readDirectly } from './direct.ts';

/** The primary key of an item; see keys.ts. */
export interface Key {
  PK: string;
  SK: string;
}

/** An item as it was read, not yet parsed. */
export type RawItem = Record<string, unknown>;

export const TableName = config.TABLE_NAME;

const client = new DynamoDBClient({
  ...(config.DYNAMODB_ENDPOINT ? { endpoint: config.DYNAMODB_ENDPOINT } : {}),
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: 2000,
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: 256 },
    httpsAgent: { maxSockets: 256 },
  },
});

/** The document client of this instance. Everything in lib/ sends through {@link send}. */
export const documents = DynamoDBDocumentClient.from(client);

type AnyCommand = Parameters<typeof documents.send>[0];

/** A command of the document client, by what it answers. */
interface Command<Output> {
  resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: Output }>;
}

/**
 * Sends one command on behalf of the current request: within its deadline, on its meter. Throws `unavailable` when
 * the database cannot serve us now, and what the SDK throws for everything else.
 */
export function send<Output extends Metered>(
  kind: 'read' | 'write',
  command: Command<Output>,
): Promise<Output> {
  const call = () =>
    documents.send(command as unknown as AnyCommand, deadline()) as unknown as Promise<Output>;
  return measure(kind, call).catch(translateFailure);
}

/** Sends one read, the short way if that succeeds; see direct.ts. */
export function sendRead<Output extends Metered>(
  operation: 'BatchGetItem' | 'GetItem' | 'Query',
  command: Command<Output> & { input: object },
): Promise<Output> {
  const call = async () => {
    const { abortSignal } = deadline();
    const answer = await readDirectly(operation, { ...command.input }, abortSignal);
    return (answer ?? (await documents.send(command as unknown as AnyCommand, deadline()))) as Output;
  };
  return measure('read', call).catch(translateFailure);
}
