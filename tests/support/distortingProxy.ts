import { createServer } from 'node:http';
import { type Loopback, listenOnLoopback } from '../../local/service/loopback.ts';

/** A response on its way to the client. */
export interface Passing {
  method: string;
  /** Below the address of the service, with its query. */
  path: string;
  status: number;
  /** By names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** A server before a service that hands everything on; `distort` may change each response. */
export async function startDistortingProxy(
  service: string,
): Promise<Loopback & { url: string; distort: (passing: Passing) => void }> {
  const { origin, pathname } = new URL(service);
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const body = Buffer.concat(await request.toArray());
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${origin}${url}`, {
      method,
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    const passing: Passing = {
      method,
      path: url.replace(pathname, ''),
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      // The service does not know that it is called by another address.
      body: text.replaceAll(service, proxy.url),
    };
    for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection']) {
      delete passing.headers[name];
    }
    proxy.distort(passing);
    response.writeHead(passing.status, passing.headers).end(passing.body);
  });
  const loopback = await listenOnLoopback(server);
  const proxy = { ...loopback, url: `${loopback.endpoint}${pathname}`, distort: (_: Passing) => {} };
  return proxy;
}
