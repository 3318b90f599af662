import { expect, inject, test } from 'vitest';
import { startFaultProxy } from '../../support/faultProxy.ts';

const proxy = await startFaultProxy(inject('database'));
process.env.DYNAMODB_ENDPOINT = proxy.endpoint;

const { updateUser } = await import('../../../lib/table/profileChanges.ts');
const { changeIn, userKey } = await import('../../../lib/table/keys.ts');
const { readItem, writeItem } = await import('../../support/table.ts');
const { storeUser } = await import('../../support/users.ts');

test('a change succeeds though another one gets ahead of each of its tries, and is the last of them', async () => {
  const user = await storeUser();
  const key = userKey(user.username);
  let now = user.updated_at;
  const clock = () => {
    now += 1000;
    return now;
  };
  proxy.fault = async ({ operation }) => {
    if (operation !== 'UpdateItem') return undefined;
    await writeItem({ ...(await readItem(key)), ...key, first_name: 'Ahead', updated_at: now });
    return undefined;
  };
  const change = await updateUser(user, { bio: 'changed' }, clock);
  expect(change).toMatchObject({ outcome: 'updated', user: { first_name: 'Ahead', bio: 'changed' } });
  const stored = await readItem(key);
  expect(stored).toMatchObject({ bio: 'changed', updated_at: now + 1 });
  expect(changeIn(stored?.GSI1SK).time).toBeGreaterThan(user.updated_at + 1000);
  expect(changeIn(stored?.GSI1SK).time).toBeLessThanOrEqual(now + 1);
});
