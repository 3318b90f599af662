import { setTimeout as sleep } from 'node:timers/promises';
import { type DeclaredFunction, invoke } from './lambda.ts';
import { matches, type Pattern } from './patterns.ts';
import { type DeliveredEvent, LOCAL_ACCOUNT } from './sink.ts';

/** How often Lambda invokes a function for one event until it succeeds. */
const TRIES = 3;

/** Milliseconds between two tries, where Lambda takes minutes. */
const PAUSE = 1000;

/**
 * What the rules of EventBridge do for the functions of a service: whoever gets an event from it hands it to every
 * function whose pattern fits, like Lambda until it succeeds, at most three times. `warn` is told, in one sentence, which
 * event came to nothing.
 */
export function deliverByRules(
  functions: Record<string, DeclaredFunction>,
  lambda_port: number,
  warn: (sentence: string) => void,
): (event: DeliveredEvent) => Promise<void> {
  const targets = Object.entries(functions).flatMap(([key, { name = key, events = [] }]) =>
    events.flatMap(({ eventBridge }) =>
      eventBridge?.pattern ? [{ key, name, pattern: resolved(eventBridge.pattern) }] : [],
    ),
  );
  return async (event) => {
    const fitting = targets.filter(({ pattern }) => matches(pattern, event));
    await Promise.all(
      fitting.map(async ({ key, name }) => {
        if (await succeeds(() => invoke(name, lambda_port, event))) return;
        warn(
          `${key} has failed ${TRIES} times for an event ${event['detail-type']}, which comes to nothing.`,
        );
      }),
    );
  };
}

/** A pattern in which this machine stands for the account. */
const resolved = (pattern: Pattern): Pattern =>
  JSON.parse(JSON.stringify(pattern).replaceAll('{"Ref":"AWS::AccountId"}', JSON.stringify(LOCAL_ACCOUNT)));

async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      await work();
      return true;
    } catch {
      if (tries < TRIES) await sleep(PAUSE, undefined, { ref: false });
    }
  }
  return false;
}
