import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { routeRequest, toResponse } from '../../tests/support/gateway.ts';
import { bundleFile } from './bundles.ts';

/**
 * A plain HTTP server before the bundled functions, one warm instance of each, with the environment of a function and
 * the bundles in the folder `BUNDLES`. It turns requests into API Gateway's events and answers into responses, and does
 * nothing else. Tells its port when it listens.
 */

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const require = createRequire(import.meta.url);

const load = (name: string): Handler => require(join(process.env.BUNDLES ?? '', bundleFile(name))).handler;

const server = createServer(async (request, response) => {
  const { method = 'GET', url: path = '/' } = request;
  const headers = request.headers as Record<string, string>;
  const body = (await text(request)) || undefined;
  const { name, event, context } = routeRequest({ method, path, headers, body });
  const answer = toResponse(await load(name)(event, context));
  response.writeHead(answer.status, answer.headers).end(answer.text);
});

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
