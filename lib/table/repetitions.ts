import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { repetitionKey } from './keys.ts';
import { getItem } from './read.ts';
import type { Write } from './write.ts';

/** Seconds for which a request may be repeated. */
const LIFETIME = 24 * 60 * 60;

/** What names one repeatable request: whose it is (nobody's yet, at registration), and the pseudonym of its key. */
export interface RepetitionName {
  username: string | undefined;
  key: string;
}

/** What a rule adds to the transaction of its effect, with what it will answer, so that the request can be repeated. */
export type Remember = (answer: unknown) => { repetition: Write };

export const Repetition = v.object({
  /** Tells the request from another one under the same key. */
  fingerprint: v.string(),
  /** What was answered, as JSON. */
  answer: v.string(),
  /** Seconds since 1970. */
  expires_at: v.number(),
});

/** A request that took effect, and what it was answered. */
export type Repetition = v.InferOutput<typeof Repetition>;

/** The request of that name that took effect before `now` (ms), as of now (a consistent read). */
export async function readRepetition(name: RepetitionName, now: number): Promise<Repetition | undefined> {
  const item = await getItem(repetitionKey(name), {
    consistent: true,
    attributes: Object.keys(Repetition.entries),
  });
  const found = item && parseItem(Repetition, 'repetition', item);
  return found && found.expires_at > toSeconds(now) ? found : undefined;
}

/**
 * The write that remembers a request with its answer, for the transaction of its effect: so there is no moment in which
 * one is there without the other. {@link transact} throws `AlreadyDone` when it is refused.
 */
export const repetitionWrite = (
  name: RepetitionName,
  remembered: Omit<Repetition, 'expires_at'>,
  now: number,
): ReturnType<Remember> => ({
  repetition: {
    Put: {
      Item: { ...repetitionKey(name), ...remembered, expires_at: toSeconds(now) + LIFETIME },
      ConditionExpression: 'attribute_not_exists(PK) OR expires_at <= :now',
      ExpressionAttributeValues: { ':now': toSeconds(now) },
    },
  },
});
