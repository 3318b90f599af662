import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { marshall } from '@aws-sdk/util-dynamodb';
import { hash } from 'bcryptjs';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { accountKey, snapshotKey, userKey } from '../../../lib/table/keys.ts';
import { serverless } from '../../../local/serverless.ts';
import { get, post, send } from '../../support/api.ts';
import { startBucket } from '../../support/bucket.ts';
import { startTestBus } from '../../support/eventBus.ts';
import { postsEvent } from '../../support/events.ts';
import { exampleRequests, tokenFor } from '../../support/examples.ts';
import { type Call, startFaultProxy } from '../../support/faultProxy.ts';
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
import { readItem, writeItem } from '../../support/table.ts';
import { forge, seconds } from '../../support/tokens.ts';
import {
  changeProfile,
  follow,
  newUser,
  registration,
  storedUser,
  storeSession,
  type TestUser,
  unfollow,
} from '../../support/users.ts';

const bus = await startTestBus();
const proxy = await startFaultProxy(inject('database'));
const store = await startParameterStore();
const bucket = await startBucket();
const keys = {
  Name: '/users-api/test/signing-keys',
  Value: await readFile(String(process.env.SIGNING_KEYS_FILE), 'utf8'),
};
store.parameters.push(keys);

delete process.env.SIGNING_KEYS_FILE;
Object.assign(process.env, store.environment, {
  SIGNING_KEYS_PARAMETER: keys.Name,
  DYNAMODB_ENDPOINT: proxy.endpoint,
  ...bucket.environment,
  ...{
    REGISTRATIONS_PER_HOUR: '60',
    REGISTRATIONS_PER_DAY: '300',
    PROFILE_CHANGES: '60',
    NETWORK_FAILURES: '300',
  },
});

const template = await readTemplate();

afterAll(async () => {
  await store.stop();
  await bucket.stop();
  await bus.stop();
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
  unfollowUser: unfollow,
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
  notFound: () => get('/nowhere/at/all/'),
};

/** The rights that Lambda uses to read the stream for a function. */
const READS_STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

/** The rights that a new instance of a function uses; Lambda uses some for it, to feed it and when it fails for good. */
async function rightsUsed(name: string): Promise<string[]> {
  const [alice, bob] = [await newUser(), await newUser()];
  const example = (await exampleRequests(alice, bob)).find(({ operation }) => operation === name);
  await follow(bob, alice);
  if (name !== 'followUser') await follow(alice, bob);
  await putDamagedSnapshot();
  const token = example && (await tokenFor(example, alice.access));

  vi.resetModules();
  proxy.calls.length = store.calls.length = bus.events.length = bucket.calls.length = 0;
  if (example) {
    const { method, path, body } = example;
    expect((await send(method, path, body, { token })).status).toBeLessThan(300);
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
  return own.flatMap((grant) => inWords(name, grant)).sort();
}

test('M13: every function may do what it does to the items that it does it to, and nothing else', async () => {
  const functions = Object.keys(serverless.functions);
  const used: Record<string, string[]> = {};
  for (const name of functions) used[name] = await rightsUsed(name);
  expect(used).toEqual(Object.fromEntries(functions.map((name) => [name, rightsGranted(name)])));
});
