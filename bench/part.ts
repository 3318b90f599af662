import { setStage } from './stage.ts';

/** One part of the benchmark, on a database of its own: `part.ts endpoints`, or `part.ts growth LARGEST`. */
const [part, largest] = process.argv.slice(2);

await using stage = await setStage();
// lib/ reads its environment when it is loaded.
const { measureEndpoints, measureGrowth } = await import('./measurements.ts');
const sections = await (part === 'growth' ? measureGrowth(stage, Number(largest)) : measureEndpoints(stage));
await new Promise((sent) => process.send?.(sections, sent));
process.disconnect?.();
