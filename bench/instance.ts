import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { Context } from 'aws-lambda';

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
  /** How long at least one call to the database was under way. */
  database: number;
  trips: number;
  read_units: number;
  write_units: number;
}

/** All samples of a piece of work, with the time that the processor spent on it, in milliseconds. */
export interface Done {
  samples: Sample[];
  cpu: number;
}

type Handler = (
  event: unknown,
  context: Context,
) => Promise<{ statusCode: number; body: string } | undefined>;

/** Milliseconds that an invocation has. */
const TIME_LEFT = 30_000;

let in_flight = 0;
let since = 0;
let database = 0;
channel('http.client.request.created').subscribe(() => {
  if (in_flight++ === 0) since = performance.now();
});
channel('http.client.response.finish').subscribe(() => {
  if (--in_flight === 0) database += performance.now() - since;
});

/** The function tells what it consumed in its log. */
let logged = { trips: 0, read_units: 0, write_units: 0 };
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (line: string | Uint8Array) => {
  const text = String(line);
  if (!text.includes('"trips"')) return write(text);
  const { trips, read_units, write_units } = JSON.parse(text);
  logged = { trips, read_units, write_units };
  return true;
};

const { handler }: { handler: Handler } = createRequire(import.meta.url)(process.argv[2] ?? '');

async function invoke({ event, context }: Work['invocations'][number]): Promise<Sample> {
  const start = performance.now();
  database = 0;
  // Functions do not pass from process to process.
  const answer = await handler(event, { ...context, getRemainingTimeInMillis: () => TIME_LEFT });
  const total = performance.now() - start;
  return { status: answer?.statusCode ?? 200, body: answer?.body ?? '', total, database, ...logged };
}

process.on('message', async ({ invocations, at_once }: Work) => {
  const { user, system } = process.cpuUsage();
  const samples: Sample[] = [];
  const waiting = invocations.values();
  const worker = async () => {
    for (const invocation of waiting) samples.push(await invoke(invocation));
  };
  await Promise.all(Array.from({ length: at_once }, worker));
  const used = process.cpuUsage({ user, system });
  process.send?.({ samples, cpu: (used.user + used.system) / 1000 } satisfies Done);
});
