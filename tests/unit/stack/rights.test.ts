import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { marshall } from '@aws-sdk/util-dynamodb';
import { hash } from 'bcryptjs';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { accountKey, snapshotKey, userKey } from '../../../lib/table/keys.ts';
import { serverless } from '../../../local/serverless.ts';
import { get, post, send } from '../../support/api.ts';
import { startBucket } from '../../support/bucket.ts';
import { startDeployments } from '../../support/deployments.ts';
import { startTestBus } from '../../support/eventBus.ts';
import { postsEvent } from '../../support/events.ts';
import { exampleRequests, tokenFor } from '../../support/examples.ts';
import { type Call, startFaultProxy } from '../../support/faultProxy.ts';
import { startTestPost } from '../../support/mailbox.ts';
import { startParameterStore } from '../../support/parameterStore.ts';
import { startPostgres } from '../../support/postgres.ts';
import {
  type Grant,
  grantsOf,
  logicalName,
  readTemplate,
  resourcesOf,
  UNBOUNDED,
} from '../../support/stack.ts';
import { readItem, scanItems, writeItem } from '../../support/table.ts';
import { forge, seconds } from '../../support/tokens.ts';
import {
  block,
  changeProfile,
  follow,
  hide,
  newUser,
  registration,
  removeFollower,
  storedUser,
  storeSession,
  type TestUser,
  unblock,
  unfollow,
} from '../../support/users.ts';

const bus = await startTestBus();
const mail = await startTestPost();
const proxy = await startFaultProxy(inject('database'));
const store = await startParameterStore();
const bucket = await startBucket();
const keys = {
  Name: '/users-api/test/signing-keys',
  Value: await readFile(String(process.env.SIGNING_KEYS_FILE), 'utf8'),
};
store.parameters.push(keys);

const deployments = await startDeployments({ 'd-1': 'users-api-dev-getMe' }, async () => 'anything');

delete process.env.SIGNING_KEYS_FILE;
Object.assign(process.env, store.environment, deployments.environment, {
  SIGNING_KEYS_PARAMETER: keys.Name,
  DYNAMODB_ENDPOINT: proxy.endpoint,
  ...bucket.environment,
  ...{
    REGISTRATIONS_PER_HOUR: '60',
    REGISTRATIONS_PER_DAY: '300',
    PROFILE_CHANGES: '60',
    FOLLOWS_PER_DAY: '400',
    REPORTS_PER_DAY: '20',
    NETWORK_FAILURES: '300',
    FORGOTTEN_PER_HOUR: '20',
    MAILS_PER_HOUR: '3',
  },
});

const template = await readTemplate({
  mailFrom: 'Careers <no-reply@careers.example>',
  appUrl: 'https://app.careers.example',
});

afterAll(async () => {
  await deployments.stop();
  await store.stop();
  await bucket.stop();
  await bus.stop();
  await mail.stop();
  await proxy.stop();
});

type Keyed = Record<'PK' | 'GSI1PK', { S: string }>;

interface Write {
  Key?: Keyed;
  Item?: Keyed;
}

/** What a read asks for: the partition keys, and whether it says which attributes it wants. */
interface Read {
  keys: string[];
  projects: boolean;
}

function readOf({ operation, parameters }: Call): Read {
  const { Key, KeyConditionExpression, ExpressionAttributeValues, ProjectionExpression, RequestItems } =
    parameters;
  if (operation === 'BatchGetItem') {
    const [wanted] = Object.values<{ Keys: Keyed[]; ProjectionExpression?: string }>(RequestItems);
    return {
      keys: wanted?.Keys.map(({ PK }) => PK.S) ?? [],
      projects: wanted?.ProjectionExpression !== undefined,
    };
  }
  const [, place = ''] = /^(?:GSI1)?PK = (:\w+)/.exec(KeyConditionExpression ?? '') ?? [];
  const key: string = operation === 'Query' ? ExpressionAttributeValues[place].S : Key.PK.S;
  return { keys: [key], projects: ProjectionExpression !== undefined };
}

/**
 * What conditions make of a partition key: the narrowest pattern of our roles that it fits; `anything` where none
 * does.
 */
function partitionOf(key: string): string {
  const patterns = grantsOf(template)
    .flatMap(({ condition }) => patternsIn(condition))
    .filter((pattern) => (pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern));
  return patterns.toSorted((a, b) => b.length - a.length)[0] ?? 'anything';
}

/** The rights that a call needs; a transaction needs those of its parts. */
function needed(call: Call): string[] {
  const { operation, parameters } = call;
  if (/Get|Query/.test(operation)) {
    const { keys, projects } = readOf(call);
    const kind = parameters.IndexName ? 'index' : projects ? 'without secrets' : 'table';
    return keys.map((key) => `${kind} ${operation} ${partitionOf(key)}`);
  }
  const writes: [string, Write][] =
    operation === 'TransactWriteItems'
      ? parameters.TransactItems.flatMap((part: Record<string, Write>) => Object.entries(part))
      : [[operation.replace('Item', ''), parameters]];
  return writes.map(([kind, { Key, Item }]) => `table ${kind}Item ${partitionOf((Key ?? Item)?.PK.S ?? '')}`);
}

/** A snapshot in force whose object is not there, and that is due to be replaced. */
async function putDamagedSnapshot(): Promise<void> {
  const { FORMAT } = await import('../../../lib/directory/snapshot/reader.ts');
  const { START } = await import('../../../lib/directory/feed.ts');
  await writeItem({
    ...snapshotKey,
    ...{ snapshot: 'damaged', format: FORMAT, cards: 1, position: START, written_at: 0 },
    ...{ bytes: 10, sizes: [10], digests: ['none'] },
    expires_at: seconds() + 3600,
  });
}

type Work = (alice: TestUser, bob: TestUser) => Promise<unknown>;

const NEW = 'a-new-password';

/** What makes a request repeatable; a second one with the same finds the first. */
const repeatable = () => ({ headers: { 'Idempotency-Key': randomUUID() } });

/** What a function does besides what its example makes it do, or all of it where it serves no endpoint. */
const more: Record<string, Work> = {
  register: async () => {
    const fields = registration();
    const key = repeatable();
    const repeat = (changes = {}) => post('/register/', { ...fields, ...changes }, key);
    await repeat();
    await repeat({ password: 'wrong-password', password_confirm: 'wrong-password' });
    const password_hash = await hash(fields.password, 4);
    await writeItem({ ...(await readItem(userKey(fields.username))), password_hash });
    await repeat();
  },
  login: async ({ username, password }) => {
    await post('/login/', { username, password: 'wrong-password' });
    const password_hash = await hash(password, 4);
    await writeItem({ ...(await readItem(userKey(username))), password_hash });
    for (let n = 0; n < 100; n++) await storeSession(username);
    await post('/login/', { username, password });
  },
  refreshToken: async ({ refresh }) => {
    const rotate = (token: string) => post('/token/refresh/', { refresh: token, rotate: true });
    const { body } = await rotate(refresh);
    await rotate(body.refresh);
    await rotate(refresh);
  },
  logout: async (alice) => {
    const refresh = forge(alice, { kind: 'refresh', payload: { sid: undefined } });
    await post('/logout/', { refresh }, { token: alice.access });
  },
  listUsers: async (_, bob) => {
    await writeItem({ ...accountKey(bob.username), id: bob.id, following_count: 1_000_000 });
    await get('/', { token: bob.access });
  },
  followUser: (alice, bob) => follow(alice, bob, repeatable()),
  updateMe: async (alice) => {
    await changeProfile(alice, { bio: 'Hello' }, repeatable());
    await changeProfile(alice, {});
    await changeProfile(alice, { email: registration().email }, repeatable());
  },
  changePassword: async (alice, bob) => {
    const change = (user: TestUser, fields = {}, options = {}) =>
      post(
        '/me/password/',
        { current_password: user.password, new_password: NEW, new_password_confirm: NEW, ...fields },
        { token: user.access, ...options },
      );
    await change(alice, { current_password: 'wrong-password' });
    const key = repeatable();
    await change(bob, {}, key);
    await change(bob, {}, key);
  },
  sendMail: async (alice, bob) => {
    const { insertForgotten, insertMail } = await import('../../../lib/table/mails.ts');
    await insertMail(alice.username, { kind: 'verification', id: alice.id }, Date.now());
    await insertForgotten('somebody', bob.email, Date.now());
    const { handler } = await import('../../../functions/jobs/sendMail.ts');
    const asked = (await scanItems()).filter(({ SK }) => SK.startsWith('MAIL#'));
    proxy.calls.length = 0;
    const Records = asked.map(({ PK, SK }) => ({
      dynamodb: {
        Keys: marshall({ PK, SK }),
        SequenceNumber: '1',
        ApproximateCreationDateTime: 1,
      },
    }));
    await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
  },
  listMyFollowing: async (alice, bob) => {
    await follow(alice, bob);
    proxy.calls.length = 0;
    await get('/following/?expand=user', { token: alice.access });
  },
  deleteMe: async ({ username, password, access: token }) => {
    await send('DELETE', '/me/', { password: 'wrong-password' }, { token });
    const password_hash = await hash(password, 4);
    await writeItem({ ...(await readItem(userKey(username))), password_hash });
    await send('DELETE', '/me/', { password }, { token });
  },
  exportMe: async ({ access: token }) => {
    const cursor = Buffer.from('["followers",null]').toString('base64url');
    await get(`/me/export/?cursor=${cursor}`, { token });
  },
  eraseAccount: async (alice) => {
    await hide(alice.username, 'deleted_at', () => Date.now() - 120_000);
    proxy.calls.length = 0;
    const { eraseDeleted } = await import('../../../lib/accounts/eraser.ts');
    const user = { id: alice.id, username: alice.username };
    const stamps = {
      event_id: '0'.repeat(32),
      occurred_at: '2026-01-01T00:00:00Z',
      sequence: '0'.repeat(40),
    };
    const event = { 'detail-type': 'AccountDeleted', detail: { ...stamps, user } };
    await eraseDeleted(event, { run: 0 });
    await eraseDeleted(event);
  },
  unfollowUser: unfollow,
  removeFollower,
  unblockUser: unblock,
  blockUser: (alice, bob) => block(alice, bob, repeatable()),
  writeSnapshot: async () => {
    const { writeSnapshot } = await import('../../../lib/directory/snapshot/writer.ts');
    await writeSnapshot(Date.now, 1);
    await writeSnapshot(Date.now, 1);
  },
  pullDirectory: async () => {
    await using postgres = await startPostgres();
    process.env.DIRECTORY_DATABASE = postgres.url;
    const { handler } = await import('../../../functions/jobs/pullDirectory.ts');
    await handler(undefined, { getRemainingTimeInMillis: () => 30_000 });
  },
  recordActivity: async ({ username }) => {
    const { recordActivity } = await import('../../../lib/activity/activity.ts');
    await recordActivity(postsEvent('PostCreated', username), Date.now);
  },
  publishEvents: async ({ id, username }) => {
    const { handler } = await import('../../../functions/jobs/publishEvents.ts');
    const key = marshall(userKey(username));
    const user = marshall({ ...storedUser(id, { username }), ...userKey(username) });
    const dynamodb = { Keys: key, NewImage: user, SequenceNumber: '1', ApproximateCreationDateTime: 1 };
    await handler({ Records: [{ dynamodb }] }, { getRemainingTimeInMillis: () => 30_000 });
  },
  checkVersion: async () => {
    const { handler } = await import('../../../functions/jobs/checkVersion.ts');
    const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' };
    await handler(event, { getRemainingTimeInMillis: () => 30_000 });
  },
  notFound: () => get('/nowhere/at/all/'),
};

/** What has happened before a function is used. */
const before: Record<string, Work> = {
  followUser: async (alice) => block(await newUser(), alice),
  unblockUser: block,
};

/** The rights that Lambda uses to read the stream for a function. */
const READS_STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

/** The rights that a new instance of a function uses; Lambda uses some for it, to feed it and when it fails for good. */
async function rightsUsed(name: string): Promise<string[]> {
  const [alice, bob] = [await newUser(), await newUser()];
  const example = (await exampleRequests(alice, bob)).find(({ operation }) => operation === name);
  await follow(bob, alice);
  if (name !== 'followUser') await follow(alice, bob);
  await before[name]?.(alice, bob);
  await putDamagedSnapshot();
  const token = example && (await tokenFor(example, alice.access));

  vi.resetModules();
  proxy.calls.length = store.calls.length = bus.events.length = 0;
  mail.offered = bucket.calls.length = deployments.calls.length = 0;
  if (example) {
    const { method, path, query, body } = example;
    expect((await send(method, `${path}${query}`, body, { token })).status).toBeLessThan(300);
  }
  await more[name]?.(alice, bob);

  const resource = `${logicalName(name)}LambdaFunction`;
  const on_failure = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').filter(
    ([, { Properties }]) => Properties.FunctionName.Ref === resource,
  );
  const streams = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').filter(
    ([, { Properties }]) => Properties.FunctionName['Fn::GetAtt'][0] === resource,
  );
  const used = [
    ...proxy.calls.flatMap(needed),
    ...store.calls.map((call) => `keys ${call}`),
    ...bucket.calls.map(({ method }) => `snapshots ${method === 'PUT' ? 'PutObject' : 'GetObject'}`),
    ...bus.events.map(() => 'bus PutEvents'),
    ...(mail.offered > 0 ? ['mail SendEmail'] : []),
    ...deployments.calls,
    ...streams.flatMap(() => READS_STREAM.map((right) => `stream ${right}`)),
    ...[...on_failure, ...streams].map(() => 'dead letters SendMessage'),
  ];
  return [...new Set(used)].sort();
}

const PLACES: [string, string][] = [
  ['{"Fn::GetAtt":["UsersTable","Arn"]}', 'table'],
  [`{"Fn::Sub":"\${UsersTable.Arn}/index/GSI1"}`, 'index'],
  ['{"Fn::GetAtt":["UsersTable","StreamArn"]}', 'stream'],
  ['{"Fn::GetAtt":["ActivityDeadLetters","Arn"]}', 'dead letters'],
  ['{"Fn::GetAtt":["EventDeadLetters","Arn"]}', 'dead letters'],
  ['{"Fn::GetAtt":["MailDeadLetters","Arn"]}', 'dead letters'],
  [':identity/careers.example"}', 'mail'],
  [':identity/no-reply@careers.example"}', 'mail'],
  ['{"Fn::GetAtt":["ErasureDeadLetters","Arn"]}', 'dead letters'],
  [`{"Fn::Sub":"\${SnapshotBucket.Arn}/*"}`, 'snapshots'],
  [':event-bus/default"}', 'bus'],
  [':parameter/users-api/dev/signing-keys"}', 'keys'],
];

const LEADING_KEYS = 'ForAllValues:StringLike';

/** What makes a read one that names what it wants, which is no secret. */
const WITHOUT_SECRETS = {
  'ForAllValues:StringNotEquals': { 'dynamodb:Attributes': ['password_hash'] },
  StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
};

type Condition = Record<string, Record<string, string[]>>;

const patternsIn = (condition: unknown): string[] =>
  (condition as Condition | undefined)?.[LEADING_KEYS]?.['dynamodb:LeadingKeys'] ?? [];

/** A right in the words of `rightsUsed`; nothing for what every function may do. */
function inWords(name: string, { action, resource, condition }: Grant): string[] {
  const text = JSON.stringify(resource);
  const is_own_log = text === `{"Fn::GetAtt":["${logicalName(name)}LogGroup","Arn"]}`;
  if (action in UNBOUNDED || (is_own_log && action.startsWith('logs:'))) return [];
  const [, place = text] = PLACES.find(([end]) => text.endsWith(end)) ?? [];
  const [service, operation] = action.split(':');
  // Canaries all alike; canary.test.ts says which.
  if (service === 'codedeploy' || service === 'lambda') return [`${service} ${operation}`];
  if (service !== 'dynamodb') return [`${place} ${operation}`];
  // The stream has no keys to name.
  if (place === 'stream') return [`${place} ${operation}`];
  const { [LEADING_KEYS]: keys, ...others } = condition as Condition;
  const is_free = Object.keys(others).length === 0;
  if (!is_free) expect(others).toEqual(WITHOUT_SECRETS);
  return patternsIn({ [LEADING_KEYS]: keys }).map(
    (pattern) => `${is_free ? place : 'without secrets'} ${operation} ${pattern}`,
  );
}

/** The rights that the packaged template grants to a function. */
function rightsGranted(name: string): string[] {
  const own = grantsOf(template).filter(({ role }) => role === `${logicalName(name)}Role`);
  return [...new Set(own.flatMap((grant) => inWords(name, grant)))].sort();
}

test('M13: every function may do what it does to the items that it does it to, and nothing else', {
  timeout: 240_000,
}, async () => {
  const functions = Object.keys(serverless.functions);
  const used: Record<string, string[]> = {};
  for (const name of functions) used[name] = await rightsUsed(name);
  expect(used).toEqual(Object.fromEntries(functions.map((name) => [name, rightsGranted(name)])));
});
