import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../../local/seed/random.ts';
import { startTestBus } from '../../support/eventBus.ts';

const bus = await startTestBus();
const { simulateEvents } = await import('../../support/eventSimulation.ts');

afterAll(() => bus.stop());

const OPERATIONS = 600;

test(`events tell exactly what happened, each user’s in order, whatever befalls the function over ${OPERATIONS} operations`, async () => {
  const troubles = await simulateEvents(OPERATIONS, bus, seededRandom(11));
  expect(Object.values(troubles).filter((times) => times > 0).length).toBeGreaterThan(3);
});
