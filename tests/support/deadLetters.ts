import { createServer } from 'node:http';
import { listenOnLoopback } from '../../local/service/loopback.ts';

/** A queue that takes what can never be done. */
export interface TestQueue {
  /** Its URL. */
  url: string;
  /** The messages so far, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into it, and a wrong reach fails them
  messages: any[];
  /** Whether it answers. */
  answers: boolean;
  stop(): Promise<void>;
}

/** Starts a server that takes messages as SQS does. */
export async function startTestQueue(): Promise<TestQueue> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (!queue.answers) return void response.writeHead(503).end();
    queue.messages.push(JSON.parse(JSON.parse(body).MessageBody));
    response.setHeader('Content-Type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ MessageId: '1' }));
  });
  const { endpoint, stop } = await listenOnLoopback(server);
  const queue: TestQueue = { url: `${endpoint}/1/queue`, messages: [], answers: true, stop };
  return queue;
}
