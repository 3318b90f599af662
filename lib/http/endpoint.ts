import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import type { Remember } from '../table/repetitions.ts';
import { readJsonObject } from './body.ts';
import { authenticate, type CallerOf } from './credentials.ts';
import type { CallerRule, Declaration } from './declaration.ts';
import { edge } from './edge.ts';
import { parseInput, parsePath, presentParameters } from './input.ts';
import { onlyOnce, repeatableRequest } from './repetition.ts';

/** What a handler gets: parsed, checked, and nothing of the gateway. */
interface Input<Rule extends CallerRule, Path, Query, Body> {
  caller: CallerOf<Rule>;
  path: Path;
  query: Query;
  body: Body;
  /** The address that the gateway saw the request come from; no header of the client can change it. */
  source_ip: string;
  /** What the client says that it is; nothing may depend on it. */
  user_agent: string;
  clock: Clock;
  /** Remembers the answer with the effect, where the request can be repeated: add it to the transaction. */
  remember: Remember | undefined;
}

type InputOf<
  Rule extends CallerRule,
  Path extends v.GenericSchema,
  Query extends v.GenericSchema,
  Body extends v.GenericSchema,
> = Input<Rule, v.InferOutput<Path>, v.InferOutput<Query>, v.InferOutput<Body>>;

type Nothing = v.GenericSchema<unknown, undefined>;

/**
 * Builds the Lambda handler of an endpoint: authenticates, parses, runs `handle`, shapes the answer, turns errors
 * into problems, and writes one log line with what the request cost. The handler carries its declaration, from which
 * the API description is generated. Where a request is repeatable, `repeat` makes the answer of one that took effect
 * before from what was remembered of it: the same one, unless it says otherwise.
 */
export function endpoint<
  Rule extends CallerRule,
  Path extends v.GenericSchema = Nothing,
  Query extends v.GenericSchema = Nothing,
  Body extends v.GenericSchema = Nothing,
  Answer extends v.GenericSchema = v.GenericSchema,
>(
  declaration: Declaration<Rule, Path, Query, Body, Answer>,
  handle: (input: InputOf<Rule, Path, Query, Body>) => Promise<v.InferInput<Answer>>,
  repeat: (
    answer: unknown,
    input: InputOf<Rule, Path, Query, Body>,
  ) => Promise<v.InferInput<Answer>> = async (answer) => answer as v.InferInput<Answer>,
) {
  const { operation, answer, repeatable, status = 200 } = declaration;
  const clock: Clock = Date.now;

  const respond = (result: v.InferInput<Answer>, headers = {}): APIGatewayProxyResult => ({
    statusCode: status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(v.parse(answer, result)),
  });

  async function run(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
    const caller = await authenticate(declaration.caller, event, clock());
    const { path, query, body } = await parseRequest(declaration, event);
    const source_ip = event.requestContext.identity.sourceIp;
    const user_agent = event.headers['user-agent'] ?? '';
    const input = { caller, path, query, body, source_ip, user_agent, clock, remember: undefined };
    const request = repeatable && repeatableRequest(operation, repeatable, event, caller, body);
    if (!request) return respond(await handle(input));
    return onlyOnce(
      request,
      clock(),
      async (remember) => respond(await handle({ ...input, remember })),
      async (before) => respond(await repeat(before, input), { 'Idempotency-Replayed': 'true' }),
    );
  }

  return Object.assign(edge(operation, run), { declaration });
}

async function parseRequest<P extends v.GenericSchema, Q extends v.GenericSchema, B extends v.GenericSchema>(
  { path, query, body }: Pick<Declaration<CallerRule, P, Q, B>, 'path' | 'query' | 'body'>,
  event: APIGatewayProxyEvent,
) {
  const json = body && (await readJsonObject(event));
  return {
    query: query && parseInput(query, presentParameters(event.queryStringParameters)),
    body: body && parseInput(body, json),
    path: path && parsePath(path, event.pathParameters),
  } as { path: v.InferOutput<P>; query: v.InferOutput<Q>; body: v.InferOutput<B> };
}
