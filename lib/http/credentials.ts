import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { verifyToken } from '../auth/tokens.ts';
import type { Clock } from '../clock.ts';
import { NotAuthenticated, TokenNotValid } from '../errors.ts';
import type { CallerRule } from './declaration.ts';

/** Who calls, as the access token says. That the account still exists is checked where the endpoint reads anyway. */
export interface Caller {
  id: number;
  username: string;
}

const BEARER = /^Bearer +([^\s]+)$/i;

/**
 * Puts the caller that the `Authorization` header names into `requestContext.authorizer`, `undefined` without a
 * header. A header that is sent must be right, also where none is needed.
 */
export const credentials = (
  rule: CallerRule,
  clock: Clock,
): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> => ({
  before: async ({ event }) => {
    const caller = rule === 'none' ? undefined : await authenticate(event.headers.authorization, clock());
    if (!caller && rule === 'required') throw new NotAuthenticated();
    event.requestContext.authorizer = caller as typeof event.requestContext.authorizer;
  },
});

async function authenticate(authorization: string | undefined, now: number): Promise<Caller | undefined> {
  const header = authorization?.trim();
  if (!header) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (!token) throw new TokenNotValid();
  const { id, username } = await verifyToken('access', token, now);
  return { id, username };
}
