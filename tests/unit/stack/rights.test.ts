import { readFile } from 'node:fs/promises';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { accountKey, snapshotKey } from '../../../lib/table/keys.ts';
import { serverless } from '../../../local/serverless.ts';
import { get, post } from '../../support/api.ts';
import { postsEvent } from '../../support/events.ts';
import { exampleRequests, sendExample } from '../../support/examples.ts';
import { type Call, startFaultProxy } from '../../support/faultProxy.ts';
import { startParameterStore } from '../../support/parameterStore.ts';
import {
  type Grant,
  grantsOf,
  logicalName,
  readTemplate,
  resourcesOf,
  UNBOUNDED,
} from '../../support/stack.ts';
import { writeItem } from '../../support/table.ts';
import { seconds } from '../../support/tokens.ts';
import {
  changeProfile,
  follow,
  newUser,
  registration,
  type TestUser,
  unfollow,
} from '../../support/users.ts';

const proxy = await startFaultProxy(inject('database'));
const store = await startParameterStore();
const keys = {
  Name: '/users-api/test/signing-keys',
  Value: await readFile(String(process.env.SIGNING_KEYS_FILE), 'utf8'),
};
store.parameters.push(keys);

delete process.env.SIGNING_KEYS_FILE;
Object.assign(process.env, store.environment, {
  SIGNING_KEYS_PARAMETER: keys.Name,
  DYNAMODB_ENDPOINT: proxy.endpoint,
});

const template = await readTemplate();

afterAll(async () => {
  store.stop();
  await proxy.stop();
});

interface Write {
  Key?: { PK: { S: string } };
  Item?: { PK: { S: string } };
}

/** Whether a write is of the directory's snapshots, or of anything else. */
const placeOf = ({ Key, Item }: Write) =>
  /^SNAPSHOT(#|$)/.test((Key ?? Item)?.PK.S ?? '') ? 'snapshot' : 'table';

/** The rights that a call needs; a transaction needs those of its parts. */
function needed({ operation, parameters }: Call): string[] {
  if (operation === 'TransactWriteItems') {
    const parts: [string, Write][] = parameters.TransactItems.flatMap((part: Record<string, Write>) =>
      Object.entries(part),
    );
    return parts.map(([kind, write]) => `${placeOf(write)} ${kind}Item`);
  }
  const isRead = /Get|Query/.test(operation);
  return [`${parameters.IndexName ? 'index' : isRead ? 'table' : placeOf(parameters)} ${operation}`];
}

/** A snapshot in force whose one chunk is not there, and that is due to be replaced. */
async function putDamagedSnapshot(): Promise<void> {
  const { FORMAT } = await import('../../../lib/directory/snapshot/codec.ts');
  const { START } = await import('../../../lib/directory/feed.ts');
  await writeItem({
    ...snapshotKey,
    ...{ snapshot: 'damaged', format: FORMAT, digests: ['none'], cards: 1, position: START, written_at: 0 },
    expires_at: seconds() + 3600,
  });
}

type Work = (alice: TestUser, bob: TestUser) => Promise<unknown>;

/** What a function does besides what its example makes it do, or all of it where it serves no endpoint. */
const more: Record<string, Work> = {
  login: ({ username }) => post('/login/', { username, password: 'wrong-password' }),
  listUsers: async (_, bob) => {
    await writeItem({ ...accountKey(bob.username), id: bob.id, following_count: 1_000_000 });
    await get('/', { token: bob.access });
  },
  updateMe: async (alice) => {
    await changeProfile(alice, {});
    await changeProfile(alice, { email: registration().email });
  },
  unfollowUser: unfollow,
  writeSnapshot: async () => {
    const { writeSnapshot } = await import('../../../lib/directory/snapshot/writer.ts');
    await writeSnapshot(Date.now, 1);
    await writeSnapshot(Date.now, 1);
  },
  recordActivity: async ({ username }) => {
    const { recordActivity } = await import('../../../lib/activity/activity.ts');
    await recordActivity(postsEvent('PostCreated', username), Date.now);
  },
  notFound: () => get('/nowhere/at/all/'),
};

/** The rights that a new instance of a function uses; Lambda uses some for it, when it fails for good. */
async function rightsUsed(name: string): Promise<string[]> {
  const [alice, bob] = [await newUser(), await newUser()];
  const example = (await exampleRequests(alice, bob)).find(({ operation }) => operation === name);
  await follow(bob, alice);
  if (name !== 'followUser') await follow(alice, bob);
  await putDamagedSnapshot();

  vi.resetModules();
  proxy.calls.length = store.calls.length = 0;
  if (example) expect((await sendExample(example, { token: alice.access })).status).toBeLessThan(300);
  await more[name]?.(alice, bob);

  const on_failure = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').filter(
    ([, { Properties }]) => Properties.FunctionName.Ref === `${logicalName(name)}LambdaFunction`,
  );
  const used = [
    ...proxy.calls.flatMap(needed),
    ...store.calls.map((call) => `keys ${call}`),
    ...on_failure.map(() => 'dead letters SendMessage'),
  ];
  return [...new Set(used)].sort();
}

const PLACES: [string, string][] = [
  ['{"Fn::GetAtt":["UsersTable","Arn"]}', 'table'],
  [`{"Fn::Sub":"\${UsersTable.Arn}/index/GSI1"}`, 'index'],
  ['{"Fn::GetAtt":["ActivityDeadLetters","Arn"]}', 'dead letters'],
  [':parameter/users-api/dev/signing-keys"}', 'keys'],
];

const ON_SNAPSHOTS = {
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SNAPSHOT', 'SNAPSHOT#*'] },
};

/** A right in the words of `rightsUsed`; nothing for what every function may do. */
function inWords(name: string, { action, resource, condition }: Grant): string[] {
  const text = JSON.stringify(resource);
  const is_own_log = text === `{"Fn::GetAtt":["${logicalName(name)}LogGroup","Arn"]}`;
  if (action in UNBOUNDED || (is_own_log && action.startsWith('logs:'))) return [];
  const [, place = text] = PLACES.find(([end]) => text.endsWith(end)) ?? [];
  const kind = JSON.stringify(condition) === JSON.stringify(ON_SNAPSHOTS) ? 'snapshot' : place;
  return [`${kind} ${action.split(':')[1]}`];
}

/** The rights that the packaged template grants to a function. */
function rightsGranted(name: string): string[] {
  const own = grantsOf(template).filter(({ role }) => role === `${logicalName(name)}Role`);
  return own.flatMap((grant) => inWords(name, grant)).sort();
}

test('every function may do what it does, and nothing else', async () => {
  const functions = Object.keys(serverless.functions);
  const used: Record<string, string[]> = {};
  for (const name of functions) used[name] = await rightsUsed(name);
  expect(used).toEqual(Object.fromEntries(functions.map((name) => [name, rightsGranted(name)])));
});
