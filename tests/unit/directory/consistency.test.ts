import { expect, test } from 'vitest';
import { seededRandom } from '../../../local/seed/random.ts';
import { DirectorySimulation } from '../../support/directorySimulation.ts';

test('several replicas answer as the contract says, whatever happens in between', async () => {
  const simulation = new DirectorySimulation(seededRandom(1), 3);
  for (let steps = 0; steps < 400; steps++) await simulation.step();
  await simulation.settle();
  expect(simulation.done.list).toBeGreaterThan(80);
});
