import { expect, test } from 'vitest';
import { DirectoryWorld } from '../../support/directoryWorld.ts';
import { seeded } from '../../support/random.ts';

test('several replicas answer as the contract says, whatever happens in between', async () => {
  const world = new DirectoryWorld(seeded(1), 3);
  for (let steps = 0; steps < 400; steps++) await world.step();
  await world.settle();
  expect(world.done.list).toBeGreaterThan(80);
});
