import { pullChanges } from '../../lib/directory/postgres/open.ts';
import { job } from '../../lib/job.ts';

/** Runs on a schedule where the directory is in PostgreSQL, so that its instances have few changes to know by themselves. */
export const handler = job('pull', pullChanges);
