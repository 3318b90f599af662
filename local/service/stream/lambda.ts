import type { Subscriber } from './feeder.ts';
import type { Pattern } from './patterns.ts';

/** Marks what this process asks of itself, which no developer wants to see. */
export const INTERNAL = 'x-internal';

/** A function as serverless.yml declares it, resolved. */
export interface DeclaredFunction {
  /** As it is deployed. */
  name?: string;
  events?: { stream?: DeclaredStream; eventBridge?: { pattern?: Pattern } }[];
}

interface DeclaredStream {
  type?: string;
  startingPosition?: 'LATEST' | 'TRIM_HORIZON';
  batchSize?: number;
  maximumRetryAttempts?: number;
  filterPatterns?: Pattern[];
}

/** All functions that hang on the stream of a table, invoked where serverless-offline answers for Lambda. */
export function subscribers(functions: Record<string, DeclaredFunction>, lambda_port: number): Subscriber[] {
  return Object.entries(functions).flatMap(([key, { name = key, events = [] }]) =>
    events.flatMap(({ stream }): Subscriber[] => {
      if (stream?.type !== 'dynamodb') return [];
      const { type: _, ...settings } = stream;
      return [{ ...settings, name: key, invoke: (batch) => invoke(name, lambda_port, batch) }];
    }),
  );
}

/** Invokes a function where serverless-offline answers for Lambda. Throws when it fails. */
export async function invoke(name: string, port: number, event: object) {
  const response = await fetch(`http://localhost:${port}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { [INTERNAL]: 'stream' },
    body: JSON.stringify(event),
  });
  const answer = await response.text();
  if (!response.ok || response.headers.has('X-Amz-Function-Error')) throw new Error(`${name} has failed.`);
  return answer ? JSON.parse(answer) : undefined;
}
