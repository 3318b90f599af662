import { parseArgs } from 'node:util';
import { auditCommand } from '../audit/command.ts';
import { PLACE_OPTIONS, usePlace } from '../place.ts';
import { StartFailure } from '../service/database.ts';
import { AdminRefused, isCommand, USAGE } from './usage.ts';

async function run(): Promise<void> {
  const [first, ...args] = process.argv.slice(2);
  if (first === 'audit') return auditCommand(args);
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      ...PLACE_OPTIONS,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const [name = '', username = '', ...others] = positionals;
  if (!isCommand(name) || !username || others.length > 0) throw new AdminRefused(USAGE);
  await usePlace(values);
  // lib/ reads its environment when it is loaded.
  const { carryOut } = await import('./commands.ts');
  process.stdout.write(`${await carryOut(name, username)}\n`);
}

try {
  await run();
} catch (error) {
  const isPlain =
    error instanceof AdminRefused ||
    error instanceof StartFailure ||
    (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isPlain ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
