/*
 * One role for each function, with what that function does and nothing else. A function that is not listed here
 * gets no role and does not deploy; `role: RegisterRole` in serverless.yml names the one of `register`.
 */

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
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SNAPSHOT', 'SNAPSHOT#*'] } },
});

const toDeadLetters = allow(['sqs:SendMessage'], { 'Fn::GetAtt': ['ActivityDeadLetters', 'Arn'] });

/** A transaction needs the rights of the writes in it. */
const grants = (signingKeys) => {
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
    listFollowers: [onTable('BatchGetItem', 'GetItem', 'Query'), queryIndex],
    listFollowing: [onTable('BatchGetItem', 'GetItem', 'Query')],
    getMyStats: [onTable('Query')],
    recordActivity: [onTable('GetItem', 'PutItem', 'UpdateItem'), toDeadLetters],
    getJwks: [],
    getOpenidConfiguration: [],
    getOpenapi: [],
    getDocs: [],
    notFound: [],
  };
};

module.exports = async ({ resolveVariable }) => {
  const roles = Object.entries(grants(await resolveVariable('self:custom.signingKeys'))).map(
    ([name, statements]) => {
      const logicalName = name[0].toUpperCase() + name.slice(1);
      return [`${logicalName}Role`, role([writeLogs(logicalName), sendTraces, ...statements])];
    },
  );
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
