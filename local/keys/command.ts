import { parseArgs } from 'node:util';
import { localData } from '../data.ts';
import {
  addKey,
  type KeyRing,
  promoteKey,
  RotationRefused,
  retirableAt,
  retireKeys,
  roleOf,
} from './rotation.ts';
import { fileStore, type KeyStore, parameterStore } from './stores.ts';

const USAGE = `npm run keys -- <command> [--stage STAGE [--region REGION]]

  list      the keys and what each does
  add       adds a key that waits: every verifier learns it before it signs
  promote   lets the key that waits sign; the one before goes on verifying
  rotate    add and promote in one: right where no verifier keeps a copy of the keys, as on one machine
  retire    drops keys whose last token has expired; with --now also earlier

Without --stage: the keys of the local service, which reads them at its next start.
With --stage: the parameters of a deployed stage, which reads them at its next deployment.
docs/key-rotation.md has the order of the steps.
`;

type Step = (ring: KeyRing, now: number, options: { early: boolean }) => KeyRing | Promise<KeyRing>;

const STEPS: Record<string, Step> = {
  list: (ring) => ring,
  add: (ring) => addKey(ring),
  promote: promoteKey,
  rotate: async (ring, now) => (ring.length === 0 ? addKey(ring) : promoteKey(await addKey(ring), now)),
  retire: retireKeys,
};

async function run(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      region: { type: 'string' },
      now: { type: 'boolean', default: false },
    },
  });
  const step = STEPS[positionals[0] ?? ''];
  if (!step || positionals.length > 1) throw new RotationRefused(USAGE);
  const store: KeyStore = values.stage
    ? parameterStore(values.stage, values.region)
    : fileStore(localData().signing_keys);
  const before = await store.read();
  const after = await step(before, Date.now(), { early: values.now });
  if (after !== before) await store.write(after);
  process.stdout.write(`${report(store, after)}\n`);
}

function report(store: KeyStore, ring: KeyRing): string {
  const lines = ring.map((key) => {
    const role = roleOf(key, ring);
    const until = role === 'verifies' ? `, may retire ${new Date(retirableAt(key)).toISOString()}` : '';
    return `  ${key.kid}  ${role}${until}`;
  });
  return [
    `Keys in ${store.name}:`,
    ...(lines.length > 0 ? lines : ['  none yet: add makes the first one']),
  ].join('\n');
}

try {
  await run();
} catch (error) {
  const isPlain =
    error instanceof RotationRefused || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isPlain ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
