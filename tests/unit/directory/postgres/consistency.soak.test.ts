import { expect, test } from 'vitest';
import { seededRandom } from '../../../../local/seed/random.ts';
import { connectTo, postgresEngine } from '../../../support/directoryEngines.ts';
import { DirectorySimulation } from '../../../support/directorySimulation.ts';
import { startPostgres } from '../../../support/postgres.ts';

/** Every run is another one unless SOAK_SEED repeats it. */
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const STEPS = 10_000;

test(`several instances over PostgreSQL answer as the contract says over ${STEPS} steps (SOAK_SEED=${seed})`, async () => {
  await using postgres = await startPostgres();
  const simulation = new DirectorySimulation(
    seededRandom(seed),
    5,
    await postgresEngine(connectTo(postgres)),
  );
  for (let steps = 0; steps < STEPS; steps++) await simulation.step();
  await simulation.settle();
  expect(simulation.done.list).toBeGreaterThan(STEPS / 4);
});
