/*
 * What the registry knows against the packages in the lock file: advisories, and signatures that are not its own. Fails
 * for a high or critical advisory against what runs in production, and for every bad signature. A registry that cannot
 * be asked, as behind many mirrors, is said plainly and is no failure: the integrities in the lock file hold anyway.
 */
import { spawnSync } from 'node:child_process';

let is_silent = false;

/** The answer of `npm audit …`, parsed; `undefined` where the registry gives none. One that was silent is not asked again. */
function audit(...args) {
  if (is_silent) return undefined;
  const { stdout } = spawnSync('npm', ['audit', ...args, '--json'], { encoding: 'utf8', timeout: 30_000 });
  try {
    const answer = JSON.parse(stdout);
    is_silent = Boolean(answer.error || answer.message);
    return is_silent ? undefined : answer;
  } catch {
    is_silent = true;
    return undefined;
  }
}

const say = (sentence) => process.stdout.write(`${sentence}\n`);

let is_bad = false;

for (const [what, ...args] of [['production', '--omit=dev', '--omit=optional'], ['everything']]) {
  const counts = audit(...args)?.metadata?.vulnerabilities;
  if (!counts) {
    say(`Advisories, ${what}: NOT CHECKED, the registry does not answer.`);
    continue;
  }
  const { high, critical, total } = counts;
  say(`Advisories, ${what}: ${total}, of which ${high + critical} high or critical.`);
  if (what === 'production' && high + critical > 0) is_bad = true;
}

const signatures = audit('signatures');
if (!signatures?.invalid) say('Signatures: NOT CHECKED, the registry does not answer.');
else {
  say(`Signatures: ${signatures.invalid.length} bad, ${signatures.missing?.length ?? 0} missing.`);
  if (signatures.invalid.length > 0) is_bad = true;
}

process.exitCode = is_bad ? 1 : 0;
