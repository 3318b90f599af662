/*
 * What Lambda loads in place of listUsers.cjs, which lies beside it once it is built: a module may wait, so that an
 * instance that is provisioned counts as started when its directory is loaded.
 */
import { handler, isReady } from './listUsers.cjs';

await isReady;

export { handler };
