import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenOnLoopback } from '../../local/service/loopback.ts';
import { type DeliveredEvent, startEventSink } from '../../local/service/stream/sink.ts';

/** Takes what the functions of this process publish. */
export interface TestBus {
  /** All events so far, in the order in which they were taken. */
  events: DeliveredEvent[];
  /** Every event that was offered, taken or not. */
  offered: DeliveredEvent[];
  /** Names the error code with which an event is refused; none is until set. */
  refuse: (event: DeliveredEvent) => string | undefined;
  /** What was noted as never to be told. */
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into it, and a wrong reach fails them
  dead_letters: any[];
  /** Whether the queue of dead letters answers. */
  queue_answers: boolean;
  /** Where it keeps the events, and where others may keep files. */
  folder: string;
  stop(): Promise<void>;
}

/** Starts a bus and names it in the environment, so before anything of lib/ is loaded. */
export async function startTestBus(): Promise<TestBus> {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-events-'));
  const bus: TestBus = {
    events: [],
    offered: [],
    refuse: () => undefined,
    dead_letters: [],
    queue_answers: true,
    folder,
    stop: async () => {
      await sink.stop();
      await dead_letters.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  const sink = await startEventSink(join(folder, 'events.ndjson'), {
    received: (event) => bus.events.push(event),
    refuse: (event) => {
      bus.offered.push(event);
      return bus.refuse(event);
    },
  });
  const queue = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (!bus.queue_answers) return void response.writeHead(503).end();
    bus.dead_letters.push(JSON.parse(JSON.parse(body).MessageBody));
    response.setHeader('Content-Type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ MessageId: '1' }));
  });
  const dead_letters = await listenOnLoopback(queue);
  process.env.EVENTBRIDGE_ENDPOINT = sink.endpoint;
  process.env.EVENT_DEAD_LETTERS = `${dead_letters.endpoint}/1/queue`;
  return bus;
}
