import { parseArgs } from 'node:util';
import { StartFailure } from '../service/database.ts';
import { useRunningService } from '../service/running.ts';
import { useStage } from './stage.ts';
import { AdminRefused, isCommand, USAGE } from './usage.ts';

async function run(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      region: { type: 'string' },
      table: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const { stage, region, table } = values;
  const [name = '', username = '', ...others] = positionals;
  if (!isCommand(name) || !username || others.length > 0) throw new AdminRefused(USAGE);
  await (stage === undefined ? useRunningService() : useStage({ stage, region, table }));
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
