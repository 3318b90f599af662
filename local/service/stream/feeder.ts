import type { _Record as Record } from '@aws-sdk/client-dynamodb-streams';
import { matches, type Pattern } from './patterns.ts';

/** A function that hangs on the stream, and how Lambda is told to feed it; see `stream` in serverless.yml. */
export interface Subscriber {
  name: string;
  startingPosition?: 'LATEST' | 'TRIM_HORIZON';
  batchSize?: number;
  maximumRetryAttempts?: number;
  filterPatterns?: Pattern[];
  /** Invokes the function. Throws when it fails. */
  invoke(batch: { Records: object[] }): Promise<BatchResponse | null | undefined>;
}

interface BatchResponse {
  batchItemFailures?: { itemIdentifier: string }[];
}

/** What came of a batch. */
export interface Fed {
  /** The function is done with all of it; else it is to be read again from where it failed. */
  is_done: boolean;
  /** Sequence number of the last record that the function is done with; none where it has not come further. */
  position?: string | undefined;
  /** Milliseconds to wait before that. */
  wait: number;
}

/** Milliseconds to wait after a first failure, and at most. */
export const FIRST_WAIT = 100;
export const LONGEST_WAIT = 5000;

/**
 * Hands batches of the stream to a function, as Lambda does: what its filter takes, again from where it failed, and a
 * record that keeps failing left out in the end.
 */
export class Feeder {
  readonly #subscriber: Subscriber;
  readonly #warn: (sentence: string) => void;
  #failures = 0;

  constructor(subscriber: Subscriber, warn: (sentence: string) => void) {
    this.#subscriber = subscriber;
    this.#warn = warn;
  }

  /** Hands over a batch of the stream of that name. */
  async feed(records: readonly Record[], arn: string): Promise<Fed> {
    const last = sequenceOf(records.at(-1));
    if (last === undefined) return { is_done: true, wait: 0 };
    const wanted = records
      .map((record) => asLambdaHasIt(record, arn))
      .filter((record) => this.#wants(record));
    const failed_from = wanted.length > 0 ? await this.#invoke(wanted) : undefined;
    if (failed_from === undefined) return this.#go({ is_done: true, position: last, wait: 0 });
    const failed = records.findIndex((record) => sequenceOf(record) === failed_from);
    const before = sequenceOf(records[failed - 1]);
    if (before !== undefined) return this.#go({ is_done: false, position: before, wait: FIRST_WAIT });
    if (++this.#failures > this.#mostRetries()) {
      this.#warn(`${this.#subscriber.name} keeps failing at record ${failed_from}, which is left out.`);
      return this.#go({ is_done: false, position: failed_from, wait: 0 });
    }
    return { is_done: false, wait: Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT) };
  }

  /** The function has come further: what fails next fails for the first time. */
  #go(fed: Fed): Fed {
    this.#failures = 0;
    return fed;
  }

  #mostRetries(): number {
    const { maximumRetryAttempts = -1 } = this.#subscriber;
    return maximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : maximumRetryAttempts;
  }

  #wants(record: object): boolean {
    const { filterPatterns } = this.#subscriber;
    return !filterPatterns || filterPatterns.some((pattern) => matches(pattern, record));
  }

  /** The sequence number from which on the function has failed; `undefined` when it has not. */
  async #invoke(wanted: LambdaRecord[]): Promise<string | undefined> {
    try {
      const answer = await this.#subscriber.invoke({ Records: wanted });
      return answer?.batchItemFailures?.[0]?.itemIdentifier;
    } catch {
      return wanted[0]?.dynamodb.SequenceNumber;
    }
  }
}

const sequenceOf = (record: Record | undefined) => record?.dynamodb?.SequenceNumber;

type LambdaRecord = ReturnType<typeof asLambdaHasIt>;

function asLambdaHasIt({ dynamodb = {}, ...record }: Record, eventSourceARN: string) {
  const seconds = Math.floor((dynamodb.ApproximateCreationDateTime?.getTime() ?? 0) / 1000);
  return { ...record, dynamodb: { ...dynamodb, ApproximateCreationDateTime: seconds }, eventSourceARN };
}
