import { expect, test } from 'vitest';
import { DirectoryWorld } from '../../support/directoryWorld.ts';
import { seeded } from '../../support/random.ts';

/** Every run is another one unless SOAK_SEED repeats it. */
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const STEPS = 10_000;

test(`several replicas answer as the contract says over ${STEPS} steps (SOAK_SEED=${seed})`, async () => {
  const world = new DirectoryWorld(seeded(seed), 5);
  for (let steps = 0; steps < STEPS; steps++) await world.step();
  await world.settle();
  expect(world.done.list).toBeGreaterThan(STEPS / 4);
});
