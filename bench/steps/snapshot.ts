/** Writes the snapshot of the directory, of however few users, and tells what that took. */
import { writeSnapshot } from '../../lib/directory/snapshot/writer.ts';
import { metered } from '../../lib/meter.ts';
import { answer } from '../harness/child.ts';

/** What came of it: the snapshot's size, milliseconds and units. */
export interface Snapshot {
  bytes: number;
  packed_bytes: number;
  ms: number;
  read_units: number;
  write_units: number;
}

await metered(async (consumption) => {
  const start = performance.now();
  const { outcome, bytes = 0, packed_bytes = 0 } = await writeSnapshot(Date.now, 1);
  if (outcome !== 'written') throw new Error(`The snapshot was ${outcome}.`);
  const { read_units, write_units } = consumption;
  answer({ bytes, packed_bytes, ms: performance.now() - start, read_units, write_units } satisfies Snapshot);
});
