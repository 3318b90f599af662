import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { Context } from 'aws-lambda';
import { inParallel } from '../../local/pool.ts';

/**
 * One instance of a function, in a process of its own, as Lambda has it: loads the bundle that the first argument
 * names, then answers the events that the parent sends. It is built before it runs, so that a cold start holds
 * nothing but Node.js, the bundle and these few lines.
 */

/** What the parent asks for: these invocations, so many at a time. */
export interface Work {
  invocations: { event: unknown; context: Context }[];
  at_once: number;
}

/** What one invocation came to. Times in milliseconds, units as DynamoDB bills them. */
export interface Sample {
  status: number;
  body: string;
  total: number;
  /** Processor time of the thread that serves; says nothing where several are served at once. */
  own: number;
  /** How long at least one call to the database was under way. */
  database: number;
  trips: number;
  read_units: number;
  write_units: number;
}

/** All samples of a piece of work, and the process after it. */
export interface Done {
  samples: Sample[];
  /** The processor time of the work, in milliseconds. */
  cpu: number;
  /** Memory in bytes, now and at its peak. */
  rss: number;
  rss_peak: number;
  /** The directory that this instance has loaded, if it has. */
  directory?: { cards: number; bytes: number };
}

type Handler = (
  event: unknown,
  context: Context,
) => Promise<{ statusCode: number; body: string } | undefined>;

/** Milliseconds that an invocation has. */
const TIME_LEFT = 600_000;

let in_flight = 0;
let since = 0;
let database = 0;
channel('http.client.request.created').subscribe(() => {
  if (in_flight++ === 0) since = performance.now();
});
channel('http.client.response.finish').subscribe(() => {
  if (--in_flight === 0) database += performance.now() - since;
});

/** The function tells in its log what it consumed, and what it loaded. */
let consumed = { trips: 0, read_units: 0, write_units: 0 };
let directory: Done['directory'];
process.stdout.write = (line: string | Uint8Array) => {
  const { message, trips, read_units, write_units, cards, bytes } = JSON.parse(String(line));
  if (message === 'directory_loaded') directory = { cards, bytes };
  else if (trips !== undefined) consumed = { trips, read_units, write_units };
  else process.stderr.write(line);
  return true;
};

const { handler }: { handler: Handler } = createRequire(import.meta.url)(process.argv[2] ?? '');

async function invoke({ event, context }: Work['invocations'][number]): Promise<Sample> {
  const before = process.threadCpuUsage();
  const start = performance.now();
  database = 0;
  // Functions do not pass from process to process.
  const answer = await handler(event, { ...context, getRemainingTimeInMillis: () => TIME_LEFT });
  const total = performance.now() - start;
  const own = toMilliseconds(process.threadCpuUsage(before));
  return { status: answer?.statusCode ?? 200, body: answer?.body ?? '', total, own, database, ...consumed };
}

const toMilliseconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000;

process.on('message', async ({ invocations, at_once }: Work) => {
  const before = process.cpuUsage();
  const samples = await inParallel(invocations, at_once, invoke);
  const cpu = toMilliseconds(process.cpuUsage(before));
  const memory = { rss: process.memoryUsage.rss(), rss_peak: process.resourceUsage().maxRSS * 1024 };
  process.send?.({ samples, cpu, ...memory, ...(directory && { directory }) } satisfies Done);
});
