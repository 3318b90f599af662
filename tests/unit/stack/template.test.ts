import { expect, test } from 'vitest';
import { SOURCE } from '../../../lib/events/events.ts';
import { edge } from '../../../lib/http/edge.ts';
import { ApiError, type ErrorCode, type Problem } from '../../../lib/problems.ts';
import {
  accountKey,
  emailKey,
  eventKey,
  failedLoginKey,
  followKey,
  snapshotKey,
  userIdKey,
  userKey,
} from '../../../lib/table/keys.ts';
import type { Key } from '../../../lib/table/send.ts';
import { serverless } from '../../../local/serverless.ts';
import { matches, type Pattern } from '../../../local/service/stream/patterns.ts';
import { routeRequest } from '../../support/gateway.ts';
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

test('M13: whatever touches the table says whose items, and only those who log in read a password hash', () => {
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
  ]);
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
  expect(kept).toHaveLength(6);
  for (const resource of kept) {
    expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
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

test('feeds publishEvents with the changes that make events, in their order, and notes what cannot be told', () => {
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => Properties,
  );
  const mapping = mappings.find(
    ({ FunctionName }) => FunctionName['Fn::GetAtt'][0] === 'PublishEventsLambdaFunction',
  );
  expect(mapping).toMatchObject({
    EventSourceArn: { 'Fn::GetAtt': ['UsersTable', 'StreamArn'] },
    StartingPosition: 'TRIM_HORIZON',
    ParallelizationFactor: 1,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: 6 * 3600,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['EventDeadLetters', 'Arn'] } } },
  });
  expect(properties('EventDeadLetters')).toEqual(properties('ActivityDeadLetters'));

  const patterns: Pattern[] = mapping?.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) =>
    JSON.parse(Pattern),
  );
  const isHeard = ({ PK, SK }: Key) =>
    patterns.some((pattern) => matches(pattern, { dynamodb: { Keys: { PK: { S: PK }, SK: { S: SK } } } }));
  expect([userKey('a'), followKey('a', 'b')].filter((key) => !isHeard(key))).toEqual([]);
  const silent = [
    accountKey('a'),
    failedLoginKey('x'),
    emailKey('a@b.c'),
    userIdKey(1),
    eventKey('1'),
    snapshotKey,
  ];
  expect(silent.filter(isHeard)).toEqual([]);
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
