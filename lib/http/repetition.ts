import type { APIGatewayProxyEvent } from 'aws-lambda';
import { requireAccount } from '../auth/identity.ts';
import { ApiError, invalid } from '../problems.ts';
import { pseudonym } from '../pseudonym.ts';
import type { Caller } from '../table/items.ts';
import {
  type Remember,
  type Repetition,
  type RepetitionName,
  readRepetition,
  repetitionWrite,
} from '../table/repetitions.ts';
import { AlreadyDone } from '../table/write.ts';
import type { Declaration } from './declaration.ts';
import type { OperationId } from './routes.ts';

/** A request that its client may repeat. */
export interface RepeatableRequest {
  name: RepetitionName;
  fingerprint: string;
  /** Whose account must still take the token when the request comes again. */
  caller: Caller | undefined;
}

const HEADER = 'idempotency-key';
const VISIBLE_ASCII = /^[!-~]{1,255}$/;

/**
 * The request as its `Idempotency-Key` names it; `undefined` without that header. The key is the caller's own; where
 * nobody calls yet, it stands alone. `secret` names members of the body that may differ, and of which no trace is kept.
 */
export function repeatableRequest(
  operation: OperationId,
  { secret = [], ends_tokens = false }: NonNullable<Declaration['repeatable']>,
  event: APIGatewayProxyEvent,
  caller: Caller | undefined,
  body: unknown,
): RepeatableRequest | undefined {
  const key = event.headers[HEADER]?.trim();
  if (!key) return undefined;
  if (!VISIBLE_ASCII.test(key)) {
    throw invalid({ 'Idempotency-Key': ['This must be 1 to 255 visible ASCII characters.'] });
  }
  const members = Object.entries(body ?? {}).filter(([name]) => !secret.includes(name));
  return {
    name: { username: caller?.username, key: pseudonym('repetition', String(caller?.id), key) },
    fingerprint: pseudonym(
      'request',
      operation,
      event.path.replace(/\/+$/, ''),
      JSON.stringify(members.sort()),
    ),
    caller: ends_tokens ? undefined : caller,
  };
}

/**
 * Lets a request take effect once, however often it comes. `act` gets what remembers its answer; `repeat` gets that
 * answer when the request comes again. Throws `idempotency_key_reused` for another request under the key.
 */
export async function onlyOnce<T>(
  request: RepeatableRequest,
  now: number,
  act: (remember: Remember) => Promise<T>,
  repeat: (answer: unknown) => Promise<T>,
): Promise<T> {
  const { name, fingerprint } = request;
  const before = await readRepetition(name, now);
  if (before) return repeatOf(request, before, repeat);
  const remember: Remember = (answer) =>
    repetitionWrite(name, { fingerprint, answer: JSON.stringify(answer) }, now);
  try {
    return await act(remember);
  } catch (error) {
    const meanwhile = error instanceof AlreadyDone ? await readRepetition(name, now) : undefined;
    if (!meanwhile) throw error;
    return repeatOf(request, meanwhile, repeat);
  }
}

async function repeatOf<T>(
  { fingerprint, caller }: RepeatableRequest,
  found: Repetition,
  repeat: (answer: unknown) => Promise<T>,
): Promise<T> {
  if (caller) await requireAccount(caller);
  if (found.fingerprint !== fingerprint) throw new ApiError('idempotency_key_reused');
  return repeat(JSON.parse(found.answer));
}
