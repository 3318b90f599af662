import { eraseDeleted } from '../../lib/accounts/eraser.ts';
import { job } from '../../lib/job.ts';

/** Erases an account that was deleted. */
export const handler = job('erasure', (event: unknown) => eraseDeleted(event));
