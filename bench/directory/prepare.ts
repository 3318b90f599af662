/** Prepares the table: `load <size>` fills it, `snapshot` writes the snapshot and prints what that took, as JSON. */
import { writeSnapshot } from '../../lib/directory/snapshot/writer.ts';
import { metered } from '../../lib/meter.ts';
import { loadPeople } from './load.ts';
import type { SnapshotFigures } from './report.ts';

const [step, size] = process.argv.slice(2);
if (step === 'load') await loadPeople(Number(size));
else process.stdout.write(JSON.stringify(await snapshot()));

function snapshot(): Promise<SnapshotFigures> {
  return metered(async (consumption) => {
    const start = performance.now();
    const { outcome, ...written } = await writeSnapshot(Date.now, 1);
    if (outcome !== 'written') throw new Error(`The snapshot was ${outcome}.`);
    const { read_units, write_units } = consumption;
    return { ...written, ms: performance.now() - start, read_units, write_units };
  });
}
