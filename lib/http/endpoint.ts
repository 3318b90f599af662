import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { jsonObjectBody } from './body.ts';
import { type Caller, credentials } from './credentials.ts';
import type { CallerRule, Declaration } from './declaration.ts';
import { edge } from './edge.ts';
import { decodeParameter, parseInput, presentParameters } from './input.ts';

/** What a handler gets: parsed, checked, and nothing of the gateway. */
export interface Input<Rule extends CallerRule, Query, Body> {
  caller: { required: Caller; optional: Caller | undefined; none: undefined }[Rule];
  /** The username in the path, decoded but not checked; `me` where the path says so. */
  username: string;
  query: Query;
  body: Body;
  /** The address that the gateway saw the request come from; no header of the client can change it. */
  source_ip: string;
  clock: Clock;
}

/**
 * Builds the Lambda handler of an endpoint: authenticates, parses, runs `handle`, shapes the answer, turns errors
 * into problems, and writes one log line with what the request cost. The handler carries its declaration, from which
 * the API description is generated.
 */
export function endpoint<
  Rule extends CallerRule,
  Query extends v.GenericSchema = v.GenericSchema<unknown, undefined>,
  Body extends v.GenericSchema = v.GenericSchema<unknown, undefined>,
  Answer extends v.GenericSchema = v.GenericSchema,
>(
  declaration: Declaration<Rule, Query, Body, Answer>,
  handle: (input: Input<Rule, v.InferOutput<Query>, v.InferOutput<Body>>) => Promise<v.InferInput<Answer>>,
) {
  const { operation, caller, query, body, answer, status = 200 } = declaration;
  const clock: Clock = Date.now;

  async function run(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
    const input = {
      caller: event.requestContext.authorizer,
      username: decodeParameter(event.pathParameters?.username ?? 'me'),
      query: query && parseInput(query, presentParameters(event.queryStringParameters)),
      body: body && parseInput(body, event.body),
      source_ip: event.requestContext.identity.sourceIp,
      clock,
    } as unknown as Input<Rule, v.InferOutput<Query>, v.InferOutput<Body>>;
    return {
      statusCode: status,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(v.parse(answer, await handle(input))),
    };
  }

  const handler = edge(operation, [credentials(caller, clock), ...(body ? [jsonObjectBody()] : [])], run);
  return Object.assign(handler, { declaration });
}
