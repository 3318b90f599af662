import { parseArgs } from 'node:util';
import { localData } from '../data.ts';
import {
  addKey,
  dropKey,
  type KeyRing,
  noteDeployment,
  promoteKey,
  RotationRefused,
  retirableAt,
  retireKeys,
  roleOf,
} from './rotation.ts';
import { fileStore, type KeyStore, parameterStore } from './stores.ts';

const USAGE = `npm run keys -- <command> [--stage STAGE [--region REGION]]

  list      the keys and what each does
  add       adds a key that waits: every verifier learns it before it signs; --new makes the first of a stage
  promote   lets the key that waits sign; the one before goes on verifying
  deployed  notes that the promoted key is deployed: the time until the old one may retire counts from then
  rotate    add and promote in one: right where no verifier keeps a copy of the keys, as on one machine
  retire    drops keys whose last token has expired; with --now also earlier
  drop KID  drops a waiting key, one that leaked, say

Without --stage: the keys of the local service, which reads them at its next start.
With --stage: the parameters of a deployed stage, which reads them at its next deployment.
docs/key-rotation.md has the order of the steps.
`;

interface Options {
  early: boolean;
  kid: string;
}

type Step = (ring: KeyRing, now: number, options: Options) => KeyRing | Promise<KeyRing>;

const STEPS: Record<string, Step> = {
  list: (ring) => ring,
  add: (ring) => addKey(ring),
  promote: promoteKey,
  deployed: noteDeployment,
  rotate: async (ring, now) => (ring.length === 0 ? addKey(ring) : promoteKey(await addKey(ring), now)),
  retire: retireKeys,
  drop: (ring, _, { kid }) => dropKey(ring, kid),
};

async function run(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      region: { type: 'string' },
      now: { type: 'boolean', default: false },
      new: { type: 'boolean', default: false },
    },
  });
  const [name = '', kid = ''] = positionals;
  const step = STEPS[name];
  if (!step || positionals.length !== (name === 'drop' ? 2 : 1)) throw new RotationRefused(USAGE);
  const store: KeyStore = values.stage
    ? parameterStore(values.stage, values.region)
    : fileStore(localData().signing_keys);
  const before = await store.read();
  const after = await step(before.ring, Date.now(), { early: values.now, kid });
  if (after !== before.ring) {
    if (store.is_remote) refuseWrongPlace(store, before.ring, values.new);
    await store.write(after, before);
  }
  process.stdout.write(`${report(store, after)}\n`);
}

/** In a wrong region there are no keys either: the first ones are made when they are asked for. */
function refuseWrongPlace({ name }: KeyStore, { length }: KeyRing, is_new: boolean): void {
  if (length === 0 && !is_new) {
    throw new RotationRefused(
      `No keys in ${name}. Is this the right region? Then make the first: add --new.`,
    );
  }
  if (length > 0 && is_new) throw new RotationRefused(`There are keys in ${name} already: leave --new out.`);
}

function report(store: KeyStore, ring: KeyRing): string {
  const lines = ring.map((key) => {
    const role = roleOf(key, ring);
    return `  ${key.kid}  ${role}${role === 'verifies' ? until(retirableAt(key)) : ''}`;
  });
  return [
    `Keys in ${store.name}:`,
    ...(lines.length > 0 ? lines : ['  none yet: add makes the first one']),
  ].join('\n');
}

const until = (retirable: number | undefined) =>
  retirable === undefined
    ? ', and signs until the next deployment'
    : `, may retire ${new Date(retirable).toISOString()}`;

try {
  await run();
} catch (error) {
  const isPlain =
    error instanceof RotationRefused || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isPlain ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
