import { startDatabase } from '../../../../local/service/database.ts';
import { whenParentEnds } from '../../../../local/service/parent.ts';

whenParentEnds(() => process.exit());
const { pid } = await startDatabase();
process.stdout.write(JSON.stringify({ service: process.pid, database: pid }));
setInterval(() => {}, 1000);
