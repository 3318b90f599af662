import { ApiError } from './problems.ts';

/** How AWS names a refusal that another try may not meet: the request was right, the moment was not. */
const TRANSIENT = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyUpdates',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** How the SDK and Node.js name a connection that was not made, broke or took too long. */
const BROKEN = new Set(['AbortError', 'TimeoutError']);
const SYSTEM_ERROR = /^E(?!RR_)[A-Z_]+$/;

/** What the SDK adds to whatever goes wrong after a response came in. */
interface ServiceFailure {
  $fault?: 'client' | 'server';
  $metadata?: { httpStatusCode?: number };
}

/**
 * Makes `unavailable` of what is thrown when an AWS service cannot serve us now, or cannot be reached. Passes on
 * everything else as it is: refusals of what we asked for, and our own defects.
 */
export function translateFailure(error: unknown): never {
  throw error instanceof Error && isTransient(error) ? new ApiError('unavailable', { cause: error }) : error;
}

function isTransient(error: Error & ServiceFailure & { code?: unknown }): boolean {
  if (TRANSIENT.has(error.name) || BROKEN.has(error.name)) return true;
  if ((error.$metadata?.httpStatusCode ?? 0) >= 500) return true;
  if (isUnreadable(error)) return true;
  if (error.$fault) return error.$fault === 'server';
  return typeof error.code === 'string' && SYSTEM_ERROR.test(error.code);
}

/** An answer that breaks off in the middle of its JSON, though its status was a good one. */
const isUnreadable = (error: Error) => error instanceof SyntaxError && '$responseBodyText' in error;
