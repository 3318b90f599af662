import { afterAll, expect, test } from 'vitest';
import { routes } from '../../../lib/http/routes.ts';
import { loadHandler, serverless } from '../../../local/serverless.ts';
import { startDeployments } from '../../support/deployments.ts';
import { scanItems } from '../../support/table.ts';

const noMoreTime = { getRemainingTimeInMillis: () => 30_000 };

/** What stands for a version that is wrong, by the name of its function. */
const broken: Record<string, () => unknown> = {
  'users-api-prod-getMe': () => {
    throw new Error('It does not start.');
  },
  'users-api-prod-getUser': () => ({ statusCode: 500, headers: { 'X-Request-Id': 'probe' }, body: '{}' }),
  'users-api-prod-updateMe': () => ({ statusCode: 200, headers: {}, body: '{}' }),
  'users-api-prod-getMyStats': () => 'Hello',
};

const names = Object.keys(routes);
const groups = Object.fromEntries(
  [...names.map((name) => `users-api-test-${name}`), ...Object.keys(broken), 'users-api-prod-sendMail'].map(
    (group) => [`d-${group}`, group],
  ),
);

const deployments = await startDeployments(groups, async (function_name, event) => {
  const name = function_name.split('-').at(-1) ?? '';
  const handler = broken[function_name] ?? (await loadHandler(serverless.functions[name]?.handler ?? ''));
  return handler(event, noMoreTime);
});
Object.assign(process.env, deployments.environment);
afterAll(deployments.stop);

const { handler } = await import('../../../functions/jobs/checkVersion.ts');

const ask = (group: string) =>
  handler({ DeploymentId: `d-${group}`, LifecycleEventHookExecutionId: 'hook-1' }, noMoreTime);

test.each(names)(
  'lets requests go to a version of %s that answers, and leaves nothing behind',
  async (name) => {
    const before = await scanItems();
    await ask(`users-api-test-${name}`);
    expect(deployments.decisions[`d-users-api-test-${name}`]).toBe('Succeeded');
    expect(await scanItems()).toEqual(before);
  },
);

test.each([...Object.keys(broken), 'users-api-prod-sendMail'])(
  'keeps requests from %s, which is wrong',
  async (group) => {
    await ask(group);
    expect(deployments.decisions[`d-${group}`]).toBe('Failed');
  },
);

test('decides nothing where it is not CodeDeploy that asks', async () => {
  const decided = Object.keys(deployments.decisions).length;
  await expect(handler({}, noMoreTime)).rejects.toThrow('Invalid key');
  expect(Object.keys(deployments.decisions)).toHaveLength(decided);
});
