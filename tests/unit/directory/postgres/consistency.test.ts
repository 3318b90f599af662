import { expect, test } from 'vitest';
import { seededRandom } from '../../../../local/seed/random.ts';
import { connectTo, postgresEngine } from '../../../support/directoryEngines.ts';
import { DirectorySimulation } from '../../../support/directorySimulation.ts';
import { startPostgres } from '../../../support/postgres.ts';

test('several instances over PostgreSQL answer as the contract says, whatever happens in between', async () => {
  await using postgres = await startPostgres();
  const engine = await postgresEngine(connectTo(postgres));
  const simulation = new DirectorySimulation(seededRandom(1), 3, engine);
  for (let steps = 0; steps < 400; steps++) await simulation.step();
  await simulation.settle();
  expect(simulation.done.list).toBeGreaterThan(80);
});
