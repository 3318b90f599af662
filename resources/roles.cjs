/*
 * A role for each function of serverless.yml, with what that function does and nothing else: one that is not listed
 * here may only write its log and its traces. `role: RegisterRole` names the role of `register`.
 */
const { SOURCE } = require('../lib/events/events.ts');
const { snapshotPartitions } = require('../lib/table/keys.ts');

const TABLE = { 'Fn::GetAtt': ['UsersTable', 'Arn'] };
const INDEX = { 'Fn::Sub': `\${UsersTable.Arn}/index/GSI1` };

const onTable = (...operations) =>
  allow(
    operations.map((name) => `dynamodb:${name}`),
    TABLE,
  );
const queryIndex = allow(['dynamodb:Query'], INDEX);

/** Writes of the directory's snapshots, and of no user's items. */
const onSnapshots = (...operations) => ({
  ...onTable(...operations),
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': snapshotPartitions } },
});

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

/** A transaction needs the rights of the writes in it. */
const grants = ({ signingKeys, eventBus }) => {
  const readSigningKeys = allow(['ssm:GetParameter'], {
    'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${signingKeys}`,
  });
  return {
    register: [onTable('PutItem', 'UpdateItem'), readSigningKeys],
    login: [onTable('BatchGetItem', 'UpdateItem'), readSigningKeys],
    refreshToken: [onTable('BatchGetItem'), readSigningKeys],
    logout: [onTable('GetItem', 'UpdateItem')],
    listUsers: [onTable('BatchGetItem', 'GetItem', 'Query'), onSnapshots('DeleteItem'), queryIndex],
    writeSnapshot: [
      onTable('BatchGetItem', 'GetItem'),
      onSnapshots('DeleteItem', 'PutItem', 'UpdateItem'),
      queryIndex,
    ],
    getUser: [onTable('GetItem', 'Query')],
    getMe: [onTable('Query')],
    updateMe: [onTable('DeleteItem', 'GetItem', 'PutItem', 'UpdateItem')],
    followUser: [onTable('GetItem', 'PutItem', 'UpdateItem')],
    unfollowUser: [onTable('DeleteItem', 'GetItem', 'UpdateItem')],
    listMyFollowing: [onTable('GetItem', 'Query')],
    listMyFollowers: [onTable('BatchGetItem', 'GetItem', 'Query'), queryIndex],
    listMyFollowedUsers: [onTable('BatchGetItem', 'GetItem', 'Query')],
    listFollowers: [onTable('BatchGetItem', 'GetItem', 'Query'), queryIndex],
    listFollowing: [onTable('BatchGetItem', 'GetItem', 'Query')],
    getMyStats: [onTable('Query')],
    recordActivity: [onTable('GetItem', 'PutItem', 'UpdateItem'), toQueue('ActivityDeadLetters')],
    publishEvents: [readStream, putEvents(eventBus), toQueue('EventDeadLetters')],
  };
};

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const granted = grants({
    signingKeys: await resolveVariable('self:custom.signingKeys'),
    eventBus: await resolveVariable('self:custom.eventBus'),
  });
  const functions = Object.keys(await resolveConfigurationProperty(['functions']));
  const roles = functions.map((name) => {
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
