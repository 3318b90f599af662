import { Logger } from '@aws-lambda-powertools/logger';

/** The one logger: structured JSON. Give it named fields only; never an event, a body, a token or an address. */
export const log = new Logger({ serviceName: 'users-api' });

/** How an error is named in the log: messages of foreign errors may quote values. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** Where an error was thrown, without its message. */
export function placesOf(error: unknown): string[] {
  const { stack = '' } = error instanceof Error ? error : new Error();
  return stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
}
