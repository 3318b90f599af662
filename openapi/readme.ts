import { type OperationId, routes } from '../lib/http/routes.ts';
import { type AnyDeclaration, addressOf, files } from './declarations.ts';
import { TEXTS } from './texts/texts.ts';

const HEAD = ['method', 'path', 'token', 'does', 'function'];
const TABLE = new RegExp(`^\\| ${HEAD.join(' +\\| ')} +\\|\\n(?:\\|.*\\n)+`, 'm');

/** README with its table of endpoints as it should be: a row for each declaration, which links its file. */
export function withEndpoints(readme: string, declarations: Record<OperationId, AnyDeclaration>): string {
  const rows = Object.values(declarations).map((declaration) => {
    const { operation, caller } = declaration;
    return [
      routes[operation].method,
      `\`${addressOf(declaration)}\``,
      caller === 'none' ? '' : caller,
      TEXTS[operation].summary,
      `[${operation}](functions/${files.get(operation)})`,
    ];
  });
  const widths = HEAD.map((_, n) => Math.max(...[HEAD, ...rows].map((row) => row[n]?.length ?? 0)));
  const lines = [HEAD, widths.map((width) => '-'.repeat(width)), ...rows].map((cells) =>
    cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | '),
  );
  if (!TABLE.test(readme)) throw new Error('README.md has no table of endpoints.');
  return readme.replace(TABLE, () => lines.map((line) => `| ${line} |\n`).join(''));
}
