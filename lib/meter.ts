import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** What one request has cost so far. */
export interface Consumption {
  /** Sequential waits on the database: calls that overlap count as one. */
  trips: number;
  read_units: number;
  write_units: number;
}

interface Meter {
  consumption: Consumption;
  in_flight: number;
}

const meters = new AsyncLocalStorage<Meter>();

/** Runs `work` with a meter of its own and hands it what the work consumes, even when it fails. */
export function metered<T>(work: (consumed: Consumption) => Promise<T>): Promise<T> {
  const consumed = { trips: 0, read_units: 0, write_units: 0 };
  return meters.run({ consumption: consumed, in_flight: 0 }, () => work(consumed));
}

/** What the current request has cost so far; nothing outside one. */
export const consumption = (): Consumption | undefined => meters.getStore()?.consumption;

/** An answer of the database with the capacity that it reports. */
export interface Metered {
  ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined;
}

/** Counts one call to the database and the capacity that its answer reports. */
export async function measure<T extends Metered>(kind: 'read' | 'write', call: () => Promise<T>): Promise<T> {
  const meter = meters.getStore();
  if (!meter) return call();
  if (meter.in_flight++ === 0) meter.consumption.trips++;
  try {
    const answer = await call();
    const consumed = [answer.ConsumedCapacity ?? []].flat();
    meter.consumption[`${kind}_units`] += consumed.reduce(
      (sum, { CapacityUnits = 0 }) => sum + CapacityUnits,
      0,
    );
    return answer;
  } finally {
    meter.in_flight--;
  }
}
