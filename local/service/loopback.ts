import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of this machine, for this machine only. */
export interface Loopback {
  endpoint: string;
  /** Ends every connection, whatever is under way, and then the server. */
  stop(): Promise<void>;
}

/** Makes a server listen on a free port of 127.0.0.1. */
export async function listenOnLoopback(server: Server): Promise<Loopback> {
  await new Promise<void>((ready, fail) => server.once('error', fail).listen(0, '127.0.0.1', ready));
  return loopback(server);
}

/** A server that listens already. */
export function loopback(server: Server): Loopback {
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
