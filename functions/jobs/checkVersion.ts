import * as v from 'valibot';
import { answerOf, decide, functionOf, HookEvent } from '../../lib/deployment/hook.ts';
import { faultIn, probeOf } from '../../lib/http/probe.ts';
import { job } from '../../lib/job.ts';

/** Asked by CodeDeploy before the first request goes to a new version: one that does not answer gets none. */
export const handler = job('version_checked', async (event: unknown) => {
  const hook = v.parse(HookEvent, event);
  const name = await functionOf(hook);
  const probe = probeOf(name.slice(name.lastIndexOf('-') + 1));
  const fault = probe ? faultIn(await answerOf(name, probe)) : 'It is no endpoint.';
  await decide(hook, fault === undefined ? 'Succeeded' : 'Failed');
  return { function: name, ...(fault !== undefined && { fault }) };
});
