import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';

/** What the Serverless Framework's log offers beyond what plugins are given. */
interface ServerlessLog {
  isVerboseMode: boolean;
  getPluginWriters(plugin: string): { log: { disable(): void } };
}

/**
 * Silences what serverless-offline tells while all is well: a hundred lines at each start, four for each request. Its
 * warnings and errors stay, and with --verbose so does everything. Returns what ends the start.
 */
export function quietStart(): () => void {
  const load = createRequire(import.meta.url);
  const { isVerboseMode, getPluginWriters }: ServerlessLog = load(
    'serverless/lib/utils/serverless-utils/log.js',
  );
  if (isVerboseMode) return () => {};
  getPluginWriters('serverless-offline').log.disable();
  // It lists the routes past its log.
  const { log } = console;
  Object.assign(console, { log: () => {} });
  return () => Object.assign(console, { log });
}

/** The address of a mailbox in a query, which no log may hold. */
const MAILBOX = /(?<=[?&]email=)[^&]*/g;

/** Writes one line for each request that the servers of this process have answered, except what `isInternal`. */
export function writeRequestLines(isInternal: (request: IncomingMessage) => boolean): void {
  const starts = new WeakMap<IncomingMessage, number>();
  subscribe('http.server.request.start', (message) => {
    starts.set((message as { request: IncomingMessage }).request, performance.now());
  });
  subscribe('http.server.response.finish', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (isInternal(request)) return;
    const duration = Math.round(performance.now() - (starts.get(request) ?? 0));
    const url = request.url?.replace(MAILBOX, '…');
    process.stdout.write(`${request.method} ${url} ${response.statusCode} ${duration} ms\n`);
  });
}
