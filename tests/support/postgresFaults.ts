import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestPostgres } from './postgres.ts';

/** Stands between the service and PostgreSQL. */
export interface PostgresProxy extends TestPostgres {
  /** Passes everything on, swallows everything, or takes no connection. */
  state: 'open' | 'silent' | 'closed';
  /** Breaks every connection there is. */
  breakAll(): void;
}

/** Starts a proxy in front of the PostgreSQL of a URL. */
export async function startPostgresProxy(database: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(database);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (proxy.state === 'closed') {
      socket.destroy();
      return;
    }
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    const onward = connect(Number(port), hostname);
    onward.on('error', () => socket.destroy()).once('close', () => socket.destroy());
    socket.once('close', () => onward.destroy());
    socket.on('data', (data) => proxy.state === 'silent' || onward.write(data));
    onward.on('data', (data) => proxy.state === 'silent' || socket.write(data));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(database);
  url.port = String((server.address() as AddressInfo).port);
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: PostgresProxy = {
    url: url.href,
    state: 'open',
    breakAll,
    async [Symbol.asyncDispose]() {
      breakAll();
      await once(server.close(), 'close');
    },
  };
  return proxy;
}
