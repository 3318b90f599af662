import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
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
      queue.closeAllConnections();
      queue.close();
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
  await new Promise<void>((ready) => queue.listen(0, '127.0.0.1', ready));
  process.env.EVENTBRIDGE_ENDPOINT = sink.endpoint;
  process.env.EVENT_DEAD_LETTERS = `http://127.0.0.1:${(queue.address() as AddressInfo).port}/1/queue`;
  return bus;
}
