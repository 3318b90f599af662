import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';

/** A client asks so whether the connection may be encrypted (PostgreSQL's protocol, message SSLRequest). */
const SSL_REQUEST = 80_877_103;
const NOT_ENCRYPTED = 'N';

const TERMINATE = 'X'.charCodeAt(0);

/** How an answer ends after which nothing is open: ReadyForQuery, idle. */
const IDLE = Buffer.from([...Buffer.from('Z'), 0, 0, 0, 5, ...Buffer.from('I')]);

/**
 * Makes an embedded PostgreSQL answer connections on a free port of this machine, which it returns. It has one session for
 * all, so a connection has it to itself from its first message until nothing of it is open.
 */
export async function servePglite(db: PGlite) {
  const sockets = new Set<Socket>();
  let last: Promise<void> = Promise.resolve();
  const takeTurn = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = last;
    last = promise;
    return before.then(() => resolve);
  };
  const server = createServer(async (socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    let endTurn: (() => void) | undefined;
    try {
      for await (const message of messagesOf(socket)) {
        endTurn ??= await takeTurn();
        const answer = Buffer.from(await db.execProtocolRaw(message));
        if (socket.writable) socket.write(answer);
        if (!answer.subarray(-IDLE.length).equals(IDLE)) continue;
        endTurn();
        endTurn = undefined;
      }
    } catch {
      // The client is gone.
    }
    if (endTurn) await db.exec('ROLLBACK').finally(endTurn);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
      await last;
    },
  };
}

/** The messages of a client, one by one, until it ends the session. */
async function* messagesOf(socket: Socket): AsyncGenerator<Buffer> {
  let received = Buffer.alloc(0);
  let is_started = false;
  for await (const data of socket) {
    received = Buffer.concat([received, data]);
    for (;;) {
      // Only the first message has no letter before its length.
      const type = is_started ? 1 : 0;
      if (received.length < type + 4) break;
      const size = type + received.readInt32BE(type);
      if (received.length < size) break;
      const message = received.subarray(0, size);
      received = received.subarray(size);
      if (!is_started && message.readInt32BE(4) === SSL_REQUEST) {
        socket.write(NOT_ENCRYPTED);
        continue;
      }
      if (is_started && message[0] === TERMINATE) return;
      is_started = true;
      yield message;
    }
  }
}
