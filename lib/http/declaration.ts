import type * as v from 'valibot';
import type { ErrorCode } from '../problems.ts';
import type { OperationId } from './routes.ts';

/** Whether an endpoint needs a token, takes one, or looks at none. */
export type CallerRule = 'required' | 'optional' | 'none';

/** What an endpoint promises: who may call, what comes in, what goes out. */
export interface Declaration<
  Rule extends CallerRule = CallerRule,
  Path extends v.GenericSchema = v.GenericSchema,
  Query extends v.GenericSchema = v.GenericSchema,
  Body extends v.GenericSchema = v.GenericSchema,
  Answer extends v.GenericSchema = v.GenericSchema,
> {
  operation: OperationId;
  caller: Rule;
  /** What the variables in the path must be; else there is nothing at the address: `not_found`. */
  path?: Path;
  query?: Query;
  body?: Body;
  /**
   * The request takes an `Idempotency-Key`; `secret` names the members of the body that its comparison leaves out. Where
   * it `ends_tokens`, the caller's too, it is for the repetition to find out whether that one may have the answer.
   */
  repeatable?: { secret?: readonly string[]; ends_tokens?: boolean };
  /** Status of the answer; 200 unless named. */
  status?: number;
  /** Failures of its own; what follows from a credential, a path, a query or a body goes without saying. */
  errors?: readonly ErrorCode[];
  /** Shape of the answer; members that it does not declare do not get out. */
  answer: Answer;
}
