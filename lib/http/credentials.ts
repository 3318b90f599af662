import type { APIGatewayProxyEvent } from 'aws-lambda';
import { verifyToken } from '../auth/tokens.ts';
import { ApiError } from '../problems.ts';
import type { Caller } from '../table/items.ts';
import type { CallerRule } from './declaration.ts';

/**
 * Who calls, by the rule of the endpoint: as the access token says. That the account still exists is checked where
 * the endpoint reads anyway.
 */
export type CallerOf<Rule extends CallerRule> = {
  required: Caller;
  optional: Caller | undefined;
  none: undefined;
}[Rule];

const BEARER = /^Bearer +([^\s]+)$/i;

/** The caller that the `Authorization` header names at `now` (ms). A header that is sent must be right, even where none is needed. */
export async function authenticate<Rule extends CallerRule>(
  rule: Rule,
  event: APIGatewayProxyEvent,
  now: number,
): Promise<CallerOf<Rule>> {
  const caller = rule === 'none' ? undefined : await readCaller(event, now);
  if (!caller && rule === 'required') throw new ApiError('not_authenticated');
  return caller as CallerOf<Rule>;
}

async function readCaller(event: APIGatewayProxyEvent, now: number): Promise<Caller | undefined> {
  const [header, ...others] = authorizations(event);
  if (!header) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (!token || others.length > 0) throw new ApiError('token_not_valid');
  const { id, username, epoch, sid } = await verifyToken('access', token, now);
  return { id, username, epoch, sid };
}

/** Every `Authorization` header that is not empty; `headers` alone has the last one only. */
function authorizations({ headers, multiValueHeaders }: APIGatewayProxyEvent): string[] {
  const all = Object.entries(multiValueHeaders ?? {}).filter(
    ([name]) => name.toLowerCase() === 'authorization',
  );
  const values = all.length > 0 ? all.flatMap(([, sent]) => sent ?? []) : [headers.authorization ?? ''];
  return values.map((value) => value.trim()).filter(Boolean);
}
