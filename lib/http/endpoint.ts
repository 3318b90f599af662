import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { jsonObjectBody } from './body.ts';
import { type Caller, type CallerRule, credentials } from './credentials.ts';
import { edge } from './edge.ts';
import { decodeParameter, parseInput, presentParameters } from './input.ts';
import type { OperationId } from './routes.ts';

/** What an endpoint promises: who may call, what comes in, what goes out. */
export interface Declaration<
  Rule extends CallerRule = CallerRule,
  Query extends v.GenericSchema = v.GenericSchema,
  Body extends v.GenericSchema = v.GenericSchema,
  Answer extends v.GenericSchema = v.GenericSchema,
> {
  operation: OperationId;
  caller: Rule;
  query?: Query;
  body?: Body;
  /** Status of the answer; 200 unless named. */
  status?: number;
  /** Shape of the answer; members that it does not declare do not get out. */
  answer: Answer;
}

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
 * into problems, and writes one log line with what the request cost.
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

  return edge(operation, [credentials(caller, clock), ...(body ? [jsonObjectBody()] : [])], run);
}
