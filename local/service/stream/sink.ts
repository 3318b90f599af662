import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type Loopback, listenOnLoopback } from '../loopback.ts';

/** An event as EventBridge hands it to the targets of a rule. */
export interface DeliveredEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  // biome-ignore lint/suspicious/noExplicitAny: each reader knows the one kind of event it looks into
  detail: any;
}

interface Entry {
  Source: string;
  DetailType: string;
  Detail: string;
  Time?: number;
  Resources?: string[];
}

/** Whose account a developer's machine is. */
export const LOCAL_ACCOUNT = '000000000000';

/** What stands for EventBridge on a developer's machine. */
export interface EventSink extends Loopback {
  server: Server;
}

/** What a call may hold, as EventBridge has it. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;

/**
 * Starts a server that takes `PutEvents` calls as EventBridge does, writes every event as a line of JSON to `file` and
 * hands it on to `received`. `refuse` may name the error code with which an event is refused.
 */
export async function startEventSink(
  file: string,
  {
    received = () => {},
    refuse = () => undefined,
  }: {
    received?: (event: DeliveredEvent) => void;
    refuse?: (event: DeliveredEvent) => string | undefined;
  } = {},
): Promise<EventSink> {
  /** Calls are answered in their order, so that the file has the events in the order in which they were sent. */
  let turn: Promise<unknown> = Promise.resolve();

  async function take(body: Buffer) {
    const { Entries }: { Entries: Entry[] } = JSON.parse(body.toString());
    if (Entries.length > MOST_ENTRIES || body.length > MOST_BYTES) return undefined;
    const answers = Entries.map((entry) => {
      const event = deliver(entry);
      const ErrorCode = event ? refuse(event) : 'MalformedDetail';
      return ErrorCode || !event ? { ErrorCode, ErrorMessage: 'It was refused.' } : event;
    });
    const events = answers.filter((answer) => 'id' in answer);
    if (events.length > 0)
      await appendFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    events.forEach(received);
    return {
      FailedEntryCount: answers.length - events.length,
      Entries: answers.map((answer) => ('id' in answer ? { EventId: answer.id } : answer)),
    };
  }

  const server = createServer(async (request, response) => {
    const type = 'application/x-amz-json-1.1';
    try {
      const body = await readBody(request);
      const taken = turn.then(() => take(body));
      turn = taken.catch(() => {});
      const answer = (await taken) ?? {
        __type: 'ValidationException',
        message: 'There are too many entries.',
      };
      response
        .writeHead('__type' in answer ? 400 : 200, { 'Content-Type': type })
        .end(JSON.stringify(answer));
    } catch {
      response.writeHead(500, { 'Content-Type': type }).end(JSON.stringify({ __type: 'InternalException' }));
    }
  });
  return {
    ...(await listenOnLoopback(server)),
    server,
  };
}

/** The event that an entry becomes; `undefined` where its detail is no JSON object. */
function deliver({ Source, DetailType, Detail, Time, Resources = [] }: Entry): DeliveredEvent | undefined {
  try {
    const detail = JSON.parse(Detail);
    if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return undefined;
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': DetailType,
      source: Source,
      account: LOCAL_ACCOUNT,
      time: `${new Date(Time === undefined ? Date.now() : Time * 1000).toISOString().slice(0, 19)}Z`,
      region: 'local',
      resources: Resources,
      detail,
    };
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
