import { expect, test } from 'vitest';
import { LONGEST_REQUEST } from '../../../lib/deadline.ts';
import { SOURCE } from '../../../lib/events/events.ts';
import { edge } from '../../../lib/http/edge.ts';
import { ApiError, type ErrorCode, type Problem } from '../../../lib/problems.ts';
import {
  accountKey,
  emailKey,
  eventKey,
  failedLoginKey,
  followKey,
  forgottenKey,
  linkKey,
  mailKey,
  snapshotKey,
  userIdKey,
  userKey,
} from '../../../lib/table/keys.ts';
import type { Key } from '../../../lib/table/send.ts';
import { serverless } from '../../../local/serverless.ts';
import { matches, type Pattern } from '../../../local/service/stream/patterns.ts';
import { resources, routeRequest } from '../../support/gateway.ts';
import {
  type Grant,
  grantsOf,
  logicalName,
  readTemplate,
  resourcesOf,
  UNBOUNDED,
} from '../../support/stack.ts';

const template = await readTemplate();

const properties = (name: string) => template.Resources[name]?.Properties ?? {};

test('gives every function a role of its own', () => {
  const functions = Object.keys(serverless.functions);
  const roles = functions.map((name) => {
    const reference = properties(`${logicalName(name)}LambdaFunction`).Role;
    return reference['Fn::GetAtt'][0];
  });
  expect(roles).toEqual(functions.map((name) => `${logicalName(name)}Role`));
});

test('gives rights to functions only', () => {
  const roles = new Set(Object.keys(serverless.functions).map((name) => `${logicalName(name)}Role`));
  expect(grantsOf(template).filter(({ role }) => !roles.has(role))).toEqual([]);
  expect(resourcesOf(template, 'AWS::IAM::Policy')).toEqual([]);
  expect(resourcesOf(template, 'AWS::IAM::ManagedPolicy')).toEqual([]);
});

test('uses policies of others only where AWS wants its own', () => {
  const attached = resourcesOf(template, 'AWS::IAM::Role').flatMap(([name, role]) =>
    (role.Properties.ManagedPolicyArns ?? []).map((arn: unknown) => [name, JSON.stringify(arn)]),
  );
  // API Gateway checks that the role with which it writes logs has exactly this policy's rights.
  expect(attached).toEqual([
    [
      'GatewayLogRole',
      expect.stringContaining(':aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
    ],
  ]);
});

test('allows no wildcard, except where AWS knows nothing narrower', () => {
  const wild = grantsOf(template).filter(
    ({ action, resource }) => action.includes('*') || JSON.stringify(resource).includes('*'),
  );
  // Snapshots have names that nobody knows before.
  const objects = ({ resource }: Grant) => JSON.stringify(resource).includes('SnapshotBucket.Arn}/*');
  expect(wild.filter((grant) => !(grant.action in UNBOUNDED) && !objects(grant))).toEqual([]);
});

test('M13: whatever touches the table says whose items, and only those who compare passwords read a hash', () => {
  // The stream has no keys: who reads it reads all of it, with both images.
  const onTable = grantsOf(template)
    .filter(({ action }) => action.startsWith('dynamodb:'))
    .filter(({ resource }) => !JSON.stringify(resource).includes('StreamArn'));
  const unbound = onTable.filter(({ condition }) => !JSON.stringify(condition)?.includes('LeadingKeys'));
  expect(unbound).toEqual([]);
  const open = onTable
    .filter(({ resource }) => JSON.stringify(resource).includes('UsersTable","Arn'))
    .filter(({ action }) => /Get|Query|Scan/.test(action))
    .filter(({ condition }) => !JSON.stringify(condition).includes('password_hash'));
  expect(open.map(({ role, action }) => `${role} ${action}`)).toEqual([
    'RegisterRole dynamodb:GetItem',
    'RegisterRole dynamodb:BatchGetItem',
    'LoginRole dynamodb:GetItem',
    'LoginRole dynamodb:BatchGetItem',
    'ChangePasswordRole dynamodb:GetItem',
    'ChangePasswordRole dynamodb:BatchGetItem',
    'DeleteMeRole dynamodb:GetItem',
    'DeleteMeRole dynamodb:BatchGetItem',
  ]);
});

test('no page of another origin is told that it may send credentials', () => {
  expect(JSON.stringify(template)).toContain('Access-Control-Allow-Origin');
  expect(JSON.stringify(template)).not.toMatch(/Allow-Credentials/i);
});

test('keeps snapshots in a bucket that is private, encrypted and emptied, for the two functions that need it', () => {
  expect(properties('SnapshotBucket')).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 3 }] },
  });
  const [objects, transport] = properties('SnapshotBucketPolicy').PolicyDocument.Statement;
  expect(objects).toMatchObject({
    Effect: 'Deny',
    Principal: '*',
    Condition: {
      ArnNotEquals: {
        'aws:PrincipalArn': [
          { 'Fn::GetAtt': ['ListUsersRole', 'Arn'] },
          { 'Fn::GetAtt': ['WriteSnapshotRole', 'Arn'] },
        ],
      },
    },
  });
  expect(transport).toMatchObject({
    Effect: 'Deny',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  const granted = grantsOf(template).filter(({ action }) => action.startsWith('s3:'));
  expect(granted.map(({ role, action }) => `${role} ${action}`)).toEqual([
    'ListUsersRole s3:GetObject',
    'WriteSnapshotRole s3:GetObject',
    'WriteSnapshotRole s3:PutObject',
  ]);
});

test('gives the directory the storage that its functions are told of', () => {
  for (const name of ['ListUsersLambdaFunction', 'WriteSnapshotLambdaFunction']) {
    const { EphemeralStorage, Environment } = properties(name);
    expect(EphemeralStorage).toEqual({ Size: 4096 });
    expect(Environment.Variables).toMatchObject({
      DIRECTORY_STORAGE: '4096',
      SNAPSHOT_BUCKET: { Ref: 'SnapshotBucket' },
    });
  }
});

test('lets nobody invoke functions but this API and the rules of this service', () => {
  const SOURCES: Record<string, RegExp> = {
    'apigateway.amazonaws.com': /\{"Ref":"ApiGatewayRestApi"\}/,
    'events.amazonaws.com':
      /ruleusers-api-dev-|"Fn::GetAtt":\["(?:WriteSnapshot|PullDirectory)EventsRule\w+Arn"\]/,
  };
  const permissions = resourcesOf(template, 'AWS::Lambda::Permission');
  expect(permissions.length).toBeGreaterThan(0);
  for (const [name, { Properties }] of permissions) {
    const source = SOURCES[Properties.Principal];
    expect(JSON.stringify(Properties.SourceArn).replaceAll('","', ''), name).toMatch(source ?? /^$/);
  }
});

const OUR_RULE = /:rule\/users-api-dev-activity$/;

test('sends what cannot be counted to a queue that takes it from our rule alone', () => {
  const queue = { 'Fn::GetAtt': ['ActivityDeadLetters', 'Arn'] };
  const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  const [rule] = rules.filter(({ EventPattern }) => EventPattern);
  expect(rule?.EventPattern.source).toEqual(['careers.posts']);
  expect(rule?.Targets[0].DeadLetterConfig).toEqual({ Arn: queue });
  const [[, invocation] = []] = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig');
  expect(invocation?.Properties).toMatchObject({
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: queue } },
  });
  expect(properties('ActivityDeadLetters')).toEqual({
    MessageRetentionPeriod: 14 * 86_400,
    SqsManagedSseEnabled: true,
  });
  expect(properties('ActivityDeadLettersPolicy').PolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue,
      Condition: {
        ArnEquals: {
          'aws:SourceArn': {
            'Fn::If': ['HasActivityBus', expect.anything(), { 'Fn::Sub': expect.stringMatching(OUR_RULE) }],
          },
        },
      },
    },
  ]);
});

test('deployment 7: what outlives the stack leaves nothing behind when the deployment that makes it fails', () => {
  const kept = Object.values(template.Resources).filter(({ DeletionPolicy }) => DeletionPolicy);
  expect(kept).toHaveLength(8);
  for (const resource of kept) {
    expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
});

test('H1: erases what was deleted here, from our own bus alone, and notes what could not be', () => {
  const queue = { 'Fn::GetAtt': ['ErasureDeadLetters', 'Arn'] };
  const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  const rule = rules.find(({ EventPattern }) => EventPattern?.source?.[0] === SOURCE);
  expect(rule?.EventPattern).toEqual({
    account: [{ Ref: 'AWS::AccountId' }],
    source: [SOURCE],
    'detail-type': ['AccountDeleted'],
  });
  expect(rule?.Targets[0]).toMatchObject({
    DeadLetterConfig: { Arn: queue },
    RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
  });
  expect(properties('EraseAccountLambdaEvConf')).toMatchObject({
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: queue } },
  });
  expect(properties('ErasureDeadLetters')).toEqual(properties('ActivityDeadLetters'));
  const [{ Condition, Resource }] = properties('ErasureDeadLettersPolicy').PolicyDocument.Statement;
  expect(Resource).toEqual(queue);
  expect(Condition.ArnEquals['aws:SourceArn']['Fn::If'][2]['Fn::Sub']).toMatch(
    /:rule\/users-api-dev-erasure$/,
  );
});

test('H1: no request lasts longer than the eraser waits', () => {
  const times = resources.map(({ name }) => properties(`${logicalName(name)}LambdaFunction`).Timeout * 1000);
  expect(times.length).toBeGreaterThan(20);
  expect(Math.max(...times)).toBe(LONGEST_REQUEST);
});

test('M11: counts events of this account alone', () => {
  const [rule] = resourcesOf(template, 'AWS::Events::Rule').filter(
    ([, { Properties }]) => Properties.EventPattern,
  );
  expect(rule?.[1].Properties.EventPattern).toMatchObject({
    account: [{ Ref: 'AWS::AccountId' }],
    source: ['careers.posts'],
  });
  expect(rule?.[1].Properties.EventBusName).toBeUndefined();
});

test('M12: takes no TLS below 1.2', () => {
  expect(properties('ApiGatewayRestApi')).toMatchObject({
    SecurityPolicy: expect.stringMatching(/^SecurityPolicy_TLS13_1_[23]_PFS_/),
    EndpointAccessMode: 'STRICT',
    DisableExecuteApiEndpoint: false,
  });
});

/** How Lambda feeds a function with the stream. */
const feedOf = (name: string) =>
  resourcesOf(template, 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => Properties)
    .find(({ FunctionName }) => FunctionName['Fn::GetAtt'][0] === `${logicalName(name)}LambdaFunction`) ?? {};

/** Whether a function hears of a new item with that key. */
const hearsOf =
  (name: string) =>
  ({ PK, SK }: Key): boolean => {
    const patterns: Pattern[] = feedOf(name).FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) =>
      JSON.parse(Pattern),
    );
    const event = { eventName: 'INSERT', dynamodb: { Keys: { PK: { S: PK }, SK: { S: SK } } } };
    return patterns.some((pattern) => matches(pattern, event));
  };

const FEED = {
  EventSourceArn: { 'Fn::GetAtt': ['UsersTable', 'StreamArn'] },
  StartingPosition: 'TRIM_HORIZON',
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  BisectBatchOnFunctionError: true,
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: 6 * 3600,
};

const SILENT = [
  accountKey('a'),
  failedLoginKey('x'),
  emailKey('a@b.c'),
  userIdKey(1),
  eventKey('1'),
  snapshotKey,
  linkKey('a', 'reset', 'x'),
];

test('feeds publishEvents with the changes that make events, in their order, and notes what cannot be told', () => {
  expect(feedOf('publishEvents')).toMatchObject({
    ...FEED,
    ParallelizationFactor: 1,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['EventDeadLetters', 'Arn'] } } },
  });
  expect(properties('EventDeadLetters')).toEqual(properties('ActivityDeadLetters'));
  const isHeard = hearsOf('publishEvents');
  expect([userKey('a'), followKey('a', 'b')].filter((key) => !isHeard(key))).toEqual([]);
  expect([...SILENT, mailKey('a', '1'), forgottenKey('x', '1')].filter(isHeard)).toEqual([]);
});

test('feeds sendMail with the mails that are asked for, and notes what cannot go', () => {
  expect(feedOf('sendMail')).toMatchObject({
    ...FEED,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['MailDeadLetters', 'Arn'] } } },
  });
  expect(properties('MailDeadLetters')).toEqual(properties('ActivityDeadLetters'));
  const isHeard = hearsOf('sendMail');
  expect([mailKey('a', '1'), forgottenKey('x', '1')].filter((key) => !isHeard(key))).toEqual([]);
  expect([...SILENT, userKey('a'), followKey('a', 'b')].filter(isHeard)).toEqual([]);
});

test('no more than two functions read the stream, for DynamoDB throttles a third', () => {
  expect(resourcesOf(template, 'AWS::Lambda::EventSourceMapping')).toHaveLength(2);
});

test('nobody may send mail where none is sent', () => {
  expect(grantsOf(template).filter(({ action }) => action.startsWith('ses:'))).toEqual([]);
  expect(properties('SendMailLambdaFunction').Environment.Variables).toMatchObject({
    MAIL_FROM: '',
    APP_URL: '',
  });
});

test('lets publishEvents publish on the bus of the deployment in the name of this service alone', () => {
  const [grant] = grantsOf(template).filter(({ action }) => action === 'events:PutEvents');
  expect(grant).toEqual({
    role: 'PublishEventsRole',
    action: 'events:PutEvents',
    resource: { 'Fn::Sub': expect.stringMatching(/:event-bus\/default$/) },
    condition: { StringEquals: { 'events:source': SOURCE } },
  });
  expect(properties('PublishEventsLambdaFunction').Environment.Variables.EVENT_BUS).toBe('default');
});

test('has no web ACL unless one is wanted', () => {
  expect(Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::WAFv2::WebACL')).toEqual([]);
});

test('makes nothing public but the API', () => {
  expect(resourcesOf(template, 'AWS::Lambda::Url')).toEqual([]);
  for (const [, { Properties }] of resourcesOf(template, 'AWS::S3::BucketPolicy')) {
    for (const { Effect } of Properties.PolicyDocument.Statement) expect(Effect).toBe('Deny');
  }
  for (const [, { Properties }] of resourcesOf(template, 'AWS::S3::Bucket')) {
    expect(Properties).not.toHaveProperty('AccessControl');
    expect(Properties).toHaveProperty('BucketEncryption');
  }
});

test('protects the table against loss', () => {
  const [[, table] = []] = resourcesOf(template, 'AWS::DynamoDB::Table');
  expect(table).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  expect(table?.Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
});

test('keeps every log for a limited time', () => {
  const logs = resourcesOf(template, 'AWS::Logs::LogGroup');
  expect(logs.length).toBe(Object.keys(serverless.functions).length + 1);
  for (const [, { Properties }] of logs) expect(Properties.RetentionInDays).toBe(30);
});

test('traces every function and the API', () => {
  for (const [, { Properties }] of resourcesOf(template, 'AWS::Lambda::Function')) {
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  }
  expect(properties('GatewayStage').TracingEnabled).toBe(true);
});

test('limits and compresses what goes through the API', () => {
  const { MethodSettings } = properties('GatewayStage');
  for (const setting of MethodSettings) {
    expect(setting.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(setting.ThrottlingBurstLimit).toBeGreaterThan(0);
    expect(setting).toMatchObject({ LoggingLevel: 'OFF', DataTraceEnabled: false });
  }
  expect(MethodSettings[0]).toMatchObject({ HttpMethod: '*', ResourcePath: '/*' });
  const asked = MethodSettings.find(({ ResourcePath }: { ResourcePath: string }) =>
    ResourcePath.endsWith('~1availability'),
  );
  expect(asked.ThrottlingRateLimit).toBeLessThan(MethodSettings[0].ThrottlingRateLimit);
  expect(properties('ApiGatewayRestApi').MinimumCompressionSize).toBe(1024);
});

test('writes an access log of JSON lines without headers, bodies and queries', () => {
  const line = JSON.parse(properties('GatewayStage').AccessLogSetting.Format);
  expect(Object.values(line)).toContain('$context.requestId');
  expect(JSON.stringify(line)).not.toMatch(/authorizer|header|querystring|\$context\.path\b|body/i);
});

test('says what a function says of the same failure when a request reaches none', async () => {
  const { event, context } = routeRequest({ method: 'GET', path: '/' });
  const answers: [type: string, code: ErrorCode][] = [];
  for (const [, { Properties }] of resourcesOf(template, 'AWS::ApiGateway::GatewayResponse')) {
    const { ResponseType, StatusCode, ResponseParameters, ResponseTemplates } = Properties;
    const { code, detail }: Problem = JSON.parse(ResponseTemplates['application/json']);
    const failing = edge('notFound', async () => {
      throw new ApiError(code, { detail });
    });
    const { statusCode, headers, body } = await failing(event, context);
    const said = Object.entries({ ...headers, 'X-Request-Id': '' }).map(([name, value]) => [
      `gatewayresponse.header.${name}`,
      value === '' ? 'context.requestId' : `'${value}'`,
    ]);
    expect(StatusCode).toBe(String(statusCode));
    expect(ResponseParameters).toEqual(Object.fromEntries(said));
    expect(ResponseTemplates).toEqual({ 'application/json': body });
    answers.push([ResponseType, code]);
  }
  expect(Object.fromEntries(answers)).toMatchObject({
    DEFAULT_4XX: 'invalid',
    DEFAULT_5XX: 'internal_error',
    INTEGRATION_TIMEOUT: 'unavailable',
    MISSING_AUTHENTICATION_TOKEN: 'not_found',
    REQUEST_TOO_LARGE: 'payload_too_large',
    THROTTLED: 'throttled',
    WAF_FILTERED: 'invalid',
  });
});

test('says nothing of a token that no function has looked at', () => {
  const responses = resourcesOf(template, 'AWS::ApiGateway::GatewayResponse');
  expect(responses.map(([, { Properties }]) => Properties.StatusCode)).not.toContain('401');
});

test('deploys the API with the responses that it has now', () => {
  const [[, deployment] = []] = resourcesOf(template, 'AWS::ApiGateway::Deployment');
  const responses = resourcesOf(template, 'AWS::ApiGateway::GatewayResponse').map(([name]) => name);
  expect(deployment?.DependsOn).toEqual(expect.arrayContaining(responses));
});
