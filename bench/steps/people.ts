/** Registers so many people, of whom nobody has changed since: `people SIZE`. */
import { writePeople } from '../../local/seed/population.ts';
import { startProgress } from '../../local/seed/progress.ts';
import { answer } from '../harness/child.ts';

const users = Number(process.argv[2]);
const progress = startProgress('People', users);
await writePeople({ users, follows: 0, password_hash: '', now: Date.now(), settled: true }, progress);
progress.finish();
answer('written');
