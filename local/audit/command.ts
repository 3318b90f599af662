import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localData } from '../data.ts';
import { PLACE_OPTIONS, usePlace } from '../place.ts';
import { StartFailure } from '../service/database.ts';
import type { AuditState } from './audit.ts';

const USAGE = `npm run admin -- audit [--repair] [--units UNITS] [--anew] [--stage STAGE [--region REGION]] [--table NAME]

Compares every item of the table with what must hold of it, while the service goes on, and prints what contradicts it.

  --repair  puts counts right that are not the number of edges; nothing else is touched
  --units   read units a second, on the average: 100 on a stage, unlimited on the local service
  --anew    begins at the beginning, where a run was interrupted before

Ends with 1 where something is wrong that was not put right.
`;

/** Milliseconds between two notes of how far it has come. */
const NOTE_EVERY = 5000;

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...PLACE_OPTIONS,
      repair: { type: 'boolean', default: false },
      units: { type: 'string' },
      anew: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const units = Number(values.units ?? (values.stage ? 100 : Number.POSITIVE_INFINITY));
  if (values.help || !(units > 0)) throw new StartFailure(USAGE);
  return { ...values, units };
}

/** Where a run notes how far it has come, for the next one. */
class Notes {
  readonly #file: string;
  #noted = performance.now();

  constructor(table: string) {
    this.#file = join(localData().folder, `audit-${table}.json`);
  }

  async read(): Promise<AuditState | undefined> {
    const { IdSet } = await import('./ids.ts');
    const text = await readFile(this.#file, 'utf8').catch(() => undefined);
    const state = text && JSON.parse(text);
    return state && { ...state, edges: new IdSet(state.edges) };
  }

  async write(state: AuditState): Promise<void> {
    if (performance.now() - this.#noted < NOTE_EVERY) return;
    await writeFile(`${this.#file}.new`, JSON.stringify(state), { mode: 0o600 });
    await rename(`${this.#file}.new`, this.#file);
    this.#noted = performance.now();
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/**
 * Carries out the command `audit` with what stands after its name; exit code 1 where something is wrong that was not put
 * right. Throws {@link StartFailure} with what is to be told instead.
 */
export async function auditCommand(args: readonly string[]): Promise<void> {
  const { repair, units, anew, ...place } = readOptions(args);
  await usePlace(place);
  // lib/ reads its environment when it is loaded.
  const { audit } = await import('./audit.ts');
  const notes = new Notes(String(process.env.TABLE_NAME));
  const from = anew ? undefined : await notes.read();
  if (from) process.stdout.write(`Goes on after ${from.items} items, where the last run was interrupted.\n`);

  let printed = 0;
  const print = ({ contradictions }: AuditState) => {
    for (const { key, says, repaired } of contradictions.slice(printed)) {
      process.stdout.write(`${key} ${says}${repaired ? ': put right' : ''}\n`);
    }
    printed = contradictions.length;
  };
  const state = await audit({
    repair,
    units,
    ...(from && { from }),
    onPage: async (state) => {
      print(state);
      await notes.write(state);
    },
  });
  print(state);
  await notes.remove();
  const left = state.contradictions.filter(({ repaired }) => !repaired).length;
  const repaired = state.contradictions.length - left;
  process.stdout.write(
    `${state.items} items, ${left + repaired} contradictions, ${repaired} put right, ${Math.round(state.read_units)} read units\n`,
  );
  if (left > 0) process.exitCode = 1;
}
