import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { routeRequest, toResponse } from '../tests/support/gateway.ts';

/**
 * A plain HTTP server before the bundled functions, one warm instance of each: `node bench/adapter.ts FOLDER PORT`,
 * with the environment of a function and the bundles in FOLDER. It turns requests into API Gateway's events and
 * answers into responses, and does nothing else.
 */

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const [folder = '', port = '0'] = process.argv.slice(2);
const require = createRequire(import.meta.url);

const load = (handler: string): Handler =>
  require(join(folder, `${basename(handler, '.handler')}.cjs`)).handler;

async function read(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body || undefined;
}

const server = createServer(async (request, response) => {
  const { method = 'GET', url: path = '/' } = request;
  const headers = request.headers as Record<string, string>;
  const { handler, event, context } = routeRequest({ method, path, headers, body: await read(request) });
  const answer = toResponse(await load(handler)(event, context));
  response.writeHead(answer.status, answer.headers).end(answer.text);
});

server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : Number(port));
});
