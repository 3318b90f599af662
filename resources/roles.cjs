/*
 * A role for each function of serverless.yml, with what that function does and nothing else: one that is not listed
 * here may only write its log and its traces. `role: RegisterRole` names the role of `register`.
 */
const { SOURCE } = require('../lib/events/events.ts');
const { PARTITIONS } = require('../lib/table/keys.ts');
const { hookRights } = require('./canary.cjs');

const TABLE = { 'Fn::GetAtt': ['UsersTable', 'Arn'] };
const SNAPSHOTS = { 'Fn::Sub': `\${SnapshotBucket.Arn}/*` };
const INDEX = { 'Fn::Sub': `\${UsersTable.Arn}/index/GSI1` };

/** What only functions that compare passwords may read. */
const SECRETS = ['password_hash'];

/**
 * Operations on items of those partitions and no others. IAM looks at the partition key of every item that a call
 * names: at all of a BatchGetItem, at each part of a transaction as if it came alone, and in a query of the index at
 * the key of the index. A call that names none would pass, but these operations all do.
 */
const on = (operations, partitions, resource = TABLE) => ({
  ...allow(
    [operations].flat().map((name) => `dynamodb:${name}`),
    resource,
  ),
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions.map((name) => PARTITIONS[name]) },
  },
});

/** Reads that must say which attributes they want, and may not want a secret. */
function read(operations, ...partitions) {
  const { Condition, ...statement } = on(operations, partitions);
  return {
    ...statement,
    Condition: {
      ...Condition,
      'ForAllValues:StringNotEquals': { 'dynamodb:Attributes': SECRETS },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  };
}

/** Reads of whole items, secrets included. */
const readWhole = (operations, ...partitions) => on(operations, partitions);

const write = (operations, ...partitions) => on(operations, partitions);

/** Queries of the index, which holds no secrets. */
const queryIndex = (...partitions) => on('Query', partitions, INDEX);

const toQueue = (queue) => allow(['sqs:SendMessage'], { 'Fn::GetAtt': [queue, 'Arn'] });

/** Lambda itself reads the stream, with the rights of the function. */
const readStream = allow(
  ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
  { 'Fn::GetAtt': ['UsersTable', 'StreamArn'] },
);

/** Events of this service, and of no other. */
const putEvents = (bus) => ({
  ...allow(['events:PutEvents'], {
    'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`,
  }),
  Condition: { StringEquals: { 'events:source': SOURCE } },
});

/** Mail from one address, for whose domain or for which itself SES has an identity; none where there is no address. */
function sendEmail(from) {
  const [, address] = /<([^<>]+)>$/.exec(from) ?? [undefined, from];
  if (!address) return [];
  const identity = (name) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:ses:\${AWS::Region}:\${AWS::AccountId}:identity/${name}`,
  });
  return [
    {
      ...allow(['ses:SendEmail'], [identity(address), identity(address.split('@').at(-1))]),
      Condition: { StringEquals: { 'ses:FromAddress': address } },
    },
  ];
}

const readParameter = (name) =>
  allow(['ssm:GetParameter'], {
    'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${name}`,
  });

/** Parameters of this name stand for secrets of Secrets Manager, which asks for a right of its own. */
const REFERENCE = '/aws/reference/secretsmanager/';

/** Knows the secret of the database by the name of its parameter, and may have an address in its network. */
const useDatabase = (parameter) => [
  readParameter(parameter),
  ...(parameter.startsWith(REFERENCE) ? [readSecret(parameter.slice(REFERENCE.length))] : []),
  allow(
    ['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces'].map(
      (name) => `ec2:${name}`,
    ),
    '*',
  ),
];

/** Secrets Manager ends the ARN of a secret with six characters of its own. */
const readSecret = (name) =>
  allow(['secretsmanager:GetSecretValue'], {
    'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${name}-??????`,
  });

/** A transaction needs the rights of the writes in it. */
const grants = ({
  service,
  functions,
  signingKeys,
  eventBus,
  mailFrom,
  directory,
  directoryReader,
  directoryWriter,
}) => {
  const readSigningKeys = readParameter(signingKeys);
  const readsDatabase = directory === 'postgres' ? useDatabase(directoryReader) : [];
  const writesDatabase = directory === 'embedded' ? [] : useDatabase(directoryWriter);
  return {
    register: [
      // A registration that is repeated is a login.
      read('GetItem', 'repetitions'),
      readWhole('GetItem', 'users'),
      readWhole('BatchGetItem', 'failed_logins'),
      write('PutItem', 'users', 'user_ids', 'emails', 'repetitions'),
      write('UpdateItem', 'user_sequence', 'quotas', 'users', 'failed_logins'),
      readSigningKeys,
    ],
    login: [
      readWhole('GetItem', 'users'),
      readWhole('BatchGetItem', 'failed_logins'),
      read('Query', 'users'),
      write(['PutItem', 'DeleteItem'], 'users'),
      write('UpdateItem', 'users', 'failed_logins'),
      readSigningKeys,
    ],
    refreshToken: [
      read('BatchGetItem', 'users'),
      write(['UpdateItem', 'DeleteItem'], 'users'),
      readSigningKeys,
    ],
    logout: [read('GetItem', 'users'), write(['UpdateItem', 'DeleteItem'], 'users')],
    forgetPassword: [write('UpdateItem', 'quotas'), write('PutItem', 'mails')],
    resetPassword: [read('BatchGetItem', 'users'), write(['DeleteItem', 'UpdateItem'], 'users')],
    changePassword: [
      // A change that is repeated is a login.
      read('GetItem', 'users'),
      readWhole('GetItem', 'users'),
      readWhole('BatchGetItem', 'failed_logins'),
      write('PutItem', 'users'),
      write('UpdateItem', 'users', 'failed_logins'),
      readSigningKeys,
    ],
    verifyEmail: [read('GetItem', 'users'), write('UpdateItem', 'users')],
    requestVerification: [read('GetItem', 'users'), write('PutItem', 'users'), write('UpdateItem', 'quotas')],
    getAvailability: [read('GetItem', 'users')],
    listMySessions: [read(['GetItem', 'Query'], 'users')],
    endMySession: [read('GetItem', 'users'), write('DeleteItem', 'users')],
    endMyOtherSessions: [write('UpdateItem', 'users'), readSigningKeys],
    listUsers: [
      read('BatchGetItem', 'users'),
      read('GetItem', 'users', 'snapshot'),
      read('Query', 'users'),
      write('DeleteItem', 'snapshot'),
      queryIndex('directory'),
      allow(['s3:GetObject'], SNAPSHOTS),
      ...readsDatabase,
    ],
    pullDirectory: [queryIndex('directory'), ...writesDatabase],
    writeSnapshot: [
      read('GetItem', 'snapshot'),
      write('PutItem', 'snapshot'),
      write(['DeleteItem', 'UpdateItem'], 'snapshot'),
      queryIndex('directory'),
      allow(['s3:GetObject', 's3:PutObject'], SNAPSHOTS),
    ],
    getUser: [read(['GetItem', 'Query'], 'users')],
    getMe: [read('Query', 'users')],
    updateMe: [
      read('GetItem', 'users'),
      write('UpdateItem', 'users'),
      write('DeleteItem', 'emails'),
      write('PutItem', 'emails', 'users'),
    ],
    deleteMe: [
      readWhole('GetItem', 'users'),
      readWhole('BatchGetItem', 'failed_logins'),
      write('PutItem', 'user_ids'),
      write('UpdateItem', 'users', 'failed_logins'),
    ],
    exportMe: [read(['GetItem', 'Query'], 'users'), queryIndex('followers')],
    followUser: [
      read('GetItem', 'user_ids', 'users'),
      write(['PutItem', 'ConditionCheckItem'], 'users'),
      write('UpdateItem', 'users', 'follow_sequence'),
    ],
    unfollowUser: [read('GetItem', 'users'), write(['DeleteItem', 'UpdateItem'], 'users')],
    listMyFollowing: [read(['BatchGetItem', 'GetItem', 'Query'], 'users')],
    listMyFollowers: [read(['BatchGetItem', 'GetItem', 'Query'], 'users'), queryIndex('followers')],
    listMyFollowedUsers: [read(['BatchGetItem', 'GetItem', 'Query'], 'users')],
    listFollowers: [read(['BatchGetItem', 'GetItem', 'Query'], 'users'), queryIndex('followers')],
    listFollowing: [read(['BatchGetItem', 'GetItem', 'Query'], 'users')],
    listRelationships: [read(['BatchGetItem', 'Query'], 'users'), queryIndex('followers')],
    removeFollower: [read('GetItem', 'users'), write(['DeleteItem', 'UpdateItem'], 'users')],
    reportUser: [read('GetItem', 'users'), write(['PutItem', 'UpdateItem'], 'users')],
    blockUser: [
      read('GetItem', 'user_ids', 'users'),
      write(['PutItem', 'DeleteItem', 'ConditionCheckItem'], 'users'),
      write('UpdateItem', 'users', 'block_sequence'),
    ],
    listMyBlocks: [read(['GetItem', 'Query'], 'users')],
    unblockUser: [read('GetItem', 'users'), write(['DeleteItem', 'UpdateItem'], 'users')],
    getMyStats: [read('Query', 'users')],
    recordActivity: [
      read('GetItem', 'users'),
      write('PutItem', 'events'),
      write('UpdateItem', 'users'),
      toQueue('ActivityDeadLetters'),
    ],
    sendMail: [
      readStream,
      read('GetItem', 'users', 'mails', 'emails'),
      write('PutItem', 'users'),
      write(['DeleteItem', 'UpdateItem'], 'users', 'mails'),
      write('UpdateItem', 'quotas'),
      ...sendEmail(mailFrom),
      toQueue('MailDeadLetters'),
    ],
    eraseAccount: [
      read(['GetItem', 'Query'], 'users'),
      queryIndex('followers'),
      write('UpdateItem', 'users'),
      write('DeleteItem', 'users', 'emails', 'failed_logins'),
      write('ConditionCheckItem', 'users'),
      putEvents(eventBus),
      toQueue('ErasureDeadLetters'),
    ],
    publishEvents: [readStream, putEvents(eventBus), toQueue('EventDeadLetters')],
    checkVersion: hookRights(service, functions),
  };
};

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const functions = await resolveConfigurationProperty(['functions']);
  const granted = grants({
    service: `users-api-${await resolveVariable('sls:stage')}`,
    functions,
    signingKeys: await resolveVariable('self:custom.signingKeys'),
    eventBus: await resolveVariable('self:custom.eventBus'),
    mailFrom: await resolveVariable("param:mailFrom, ''"),
    directory: await resolveVariable('self:custom.directory'),
    directoryReader: await resolveVariable('self:custom.directoryReader'),
    directoryWriter: await resolveVariable('self:custom.directoryWriter'),
  });
  const roles = Object.keys(functions).map((name) => {
    const logicalName = name[0].toUpperCase() + name.slice(1);
    const statements = [writeLogs(logicalName), sendTraces, ...(granted[name] ?? [])];
    return [`${logicalName}Role`, role(statements)];
  });
  return { Resources: Object.fromEntries(roles) };
};

/** The function's own log group; its ARN ends in what stands for the streams in it. */
const writeLogs = (logicalName) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [`${logicalName}LogGroup`, 'Arn'] });

/** X-Ray has no resources to name. */
const sendTraces = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');

function allow(Action, Resource) {
  return { Effect: 'Allow', Action, Resource };
}

function role(Statement) {
  const lambda = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [lambda] },
      Policies: [{ PolicyName: 'own-work', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  };
}
