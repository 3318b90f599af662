import { expect, test } from 'vitest';
import { seededRandom } from '../../../local/seed/random.ts';
import { DirectorySimulation } from '../../support/directorySimulation.ts';

/** Every run is another one unless SOAK_SEED repeats it. */
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const STEPS = 10_000;

test(`several replicas answer as the contract says over ${STEPS} steps (SOAK_SEED=${seed})`, async () => {
  const simulation = new DirectorySimulation(seededRandom(seed), 5);
  for (let steps = 0; steps < STEPS; steps++) await simulation.step();
  await simulation.settle();
  expect(simulation.done.list).toBeGreaterThan(STEPS / 4);
});
