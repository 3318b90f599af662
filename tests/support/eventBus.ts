import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeliveredEvent, startEventSink } from '../../local/service/stream/sink.ts';
import { startTestQueue, type TestQueue } from './deadLetters.ts';

/** Takes what the functions of this process publish. */
export interface TestBus {
  /** All events so far, in the order in which they were taken. */
  events: DeliveredEvent[];
  /** Every event that was offered, taken or not. */
  offered: DeliveredEvent[];
  /** Names the error code with which an event is refused; none is until set. */
  refuse: (event: DeliveredEvent) => string | undefined;
  /** Where it is noted what is never to be told. */
  queue: TestQueue;
  /** Where it keeps the events, and where others may keep files. */
  folder: string;
  stop(): Promise<void>;
}

/** Starts a bus and names it in the environment, so before anything of lib/ is loaded. */
export async function startTestBus(): Promise<TestBus> {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-events-'));
  const queue = await startTestQueue();
  const bus: TestBus = {
    events: [],
    offered: [],
    refuse: () => undefined,
    queue,
    folder,
    stop: async () => {
      await sink.stop();
      await queue.stop();
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
  process.env.EVENTBRIDGE_ENDPOINT = sink.endpoint;
  process.env.EVENT_DEAD_LETTERS = queue.url;
  return bus;
}
