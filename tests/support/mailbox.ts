import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import type { StreamBatch } from '../../lib/table/changes.ts';
import { root, tableProperties } from '../../local/serverless.ts';
import { startInbox } from '../../local/service/inbox.ts';
import { listenOnLoopback } from '../../local/service/loopback.ts';
import type { Pattern } from '../../local/service/stream/patterns.ts';
import { follow } from '../../local/service/stream/poller.ts';
import { Positions } from '../../local/service/stream/positions.ts';
import { createTable } from '../../local/service/table.ts';
import { startTestQueue, type TestQueue } from './deadLetters.ts';

/** A mail as the server for SES has it. */
export interface ReceivedMail {
  messageId: string;
  from: string;
  destination: { to: string[]; cc: string[]; bcc: string[] };
  subject: string;
  body: { text: string; html: string };
}

/** All mails so far, in their order. */
async function mailsIn(inbox: string): Promise<ReceivedMail[]> {
  const { emails } = (await (await fetch(`${inbox}/store`)).json()) as { emails: ReceivedMail[] };
  return emails;
}

/** The mails to an address so far, in their order. */
export const mailsTo = async (inbox: string, address: string): Promise<ReceivedMail[]> =>
  (await mailsIn(inbox)).filter(({ destination }) => destination.to.includes(address));

/** The next mail to an address, which has got so many before. */
export async function nextMailTo(inbox: string, address: string, before = 0): Promise<ReceivedMail> {
  let mails: ReceivedMail[] = [];
  const count = async () => {
    mails = await mailsTo(inbox, address);
    return mails.length;
  };
  await expect.poll(count, { timeout: 20_000, interval: 50 }).toBeGreaterThan(before);
  return mails[before] as ReceivedMail;
}

/** The address that a mail leads to. */
export const linkIn = ({ body }: ReceivedMail): string => /https?:\/\/\S+/.exec(body.text)?.[0] ?? '';

/** The token in a mail, as the app reads it from the address that it was opened with. */
export const tokenIn = (mail: ReceivedMail): string => new URL(linkIn(mail)).searchParams.get('token') ?? '';

/** A mail as it travels, headers and all. */
export async function sourceOf(inbox: string, { messageId }: ReceivedMail): Promise<string> {
  const answer = await fetch(`${inbox}/get-emlContent?messageId=${messageId}`);
  const { body } = (await answer.json()) as { body: { data: number[] } };
  return Buffer.from(body.data).toString();
}

/** Takes what the functions of this process send. */
export interface TestPost {
  /** Where its mails are. */
  inbox: string;
  /** Names the error with which the next letters are refused; none is until set. */
  refuse: (to: string) => string | undefined;
  /** How many letters were offered, taken or not. */
  offered: number;
  /** Where it is noted what can never go. */
  queue: TestQueue;
  /** Feeds the function with the stream of this file's table, from its start; returns what stops that. */
  follow(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Starts a server for SES and names it in the environment, so before anything of lib/ is loaded. */
export async function startTestPost(): Promise<TestPost> {
  const [ses, queue] = [await startInbox(), await startTestQueue()];
  const gate = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    test_post.offered++;
    const refusal = test_post.refuse(JSON.parse(body).Destination.ToAddresses[0]);
    if (refusal) {
      const headers = { 'Content-Type': 'application/json', 'x-amzn-ErrorType': refusal };
      return void response.writeHead(400, headers).end(JSON.stringify({ message: 'It was refused.' }));
    }
    const headers = { 'Content-Type': 'application/json', Authorization: 'AWS4' };
    const answer = await fetch(`${ses.endpoint}${request.url}`, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(await answer.text());
  });
  const proxy = await listenOnLoopback(gate);
  Object.assign(process.env, { SES_ENDPOINT: proxy.endpoint, MAIL_DEAD_LETTERS: queue.url });
  const test_post: TestPost = {
    ...{ inbox: ses.endpoint, queue, offered: 0 },
    refuse: () => undefined,
    follow: followMails,
    stop: async () => {
      await Promise.all([proxy.stop(), ses.stop(), queue.stop()]);
    },
  };
  return test_post;
}

async function followMails(): Promise<() => Promise<void>> {
  const [endpoint, table] = [inject('database'), process.env.TABLE_NAME as string];
  await createTable(endpoint, table, tableProperties);
  const { handler } = await import('../../functions/jobs/sendMail.ts');
  const filterPatterns: Pattern[] = createRequire(import.meta.url)(join(root, 'resources/mailFilter.cjs'));
  const invoke = (batch: { Records: object[] }) =>
    // What Lambda is sent is JSON.
    handler(JSON.parse(JSON.stringify(batch)) as StreamBatch, { getRemainingTimeInMillis: () => 60_000 });
  return follow(
    { name: 'sendMail', filterPatterns, invoke },
    {
      endpoint,
      table,
      positions: await Positions.read(),
      warn: (sentence) => {
        throw new Error(sentence);
      },
      interval: 10,
    },
  );
}
