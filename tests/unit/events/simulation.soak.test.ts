import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../../local/seed/random.ts';
import { startTestBus } from '../../support/eventBus.ts';

const bus = await startTestBus();
const { simulateEvents } = await import('../../support/eventSimulation.ts');

afterAll(() => bus.stop());

/** Every run is another one unless SOAK_SEED repeats it. */
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const OPERATIONS = 10_000;

test(`events tell exactly what happened over ${OPERATIONS} operations (SOAK_SEED=${seed})`, async () => {
  const troubles = await simulateEvents(OPERATIONS, bus, seededRandom(seed));
  for (const [trouble, times] of Object.entries(troubles)) expect(times, trouble).toBeGreaterThan(0);
});
