/*
 * Which functions are deployed as canaries where that is on, and what CodeDeploy needs for it. Their versions, aliases
 * and deployment groups come from local/deployment/plugin.ts, which has the names of versions.
 */
const { routes } = require('../lib/http/routes.ts');

const HOOK = 'checkVersion';

const logicalName = (name) => name[0].toUpperCase() + name.slice(1);

/** Endpoints, but for those that only answer with a document: each costs three of the 500 resources of a stack. */
const isCanary = ([name, { canary }]) => name in routes && canary !== false;

const canaries = (functions) =>
  Object.entries(functions)
    .filter(isCanary)
    .map(([name]) => name);

const sub = (text) => ({ 'Fn::Sub': text });

const application = (service) => `${service}-functions`;

/** The group of a function has the function's name: so the hook knows whose deployment it is asked about. */
const groupArn = (service, name) =>
  sub(
    `arn:\${AWS::Partition}:codedeploy:\${AWS::Region}:\${AWS::AccountId}:deploymentgroup:${application(service)}/${service}-${name}`,
  );

const allow = (Action, Resource) => ({ Effect: 'Allow', Action, Resource });

/** What the hook may do: ask whose deployment it is, try that function, and decide. */
const hookRights = (service, functions) => [
  allow(
    ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
    canaries(functions).map((name) => groupArn(service, name)),
  ),
  allow(
    ['lambda:InvokeFunction'],
    canaries(functions).map((name) => ({ 'Fn::GetAtt': [`${logicalName(name)}LambdaFunction`, 'Arn'] })),
  ),
];

/** What CodeDeploy may do: move the aliases, look at the alarms, and call the hook. */
const role = (service, functions) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'codedeploy.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [
      {
        PolicyName: 'move-traffic',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(
              ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
              canaries(functions).map((name) =>
                sub(
                  `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${service}-${name}:live`,
                ),
              ),
            ),
            allow(['lambda:InvokeFunction'], { 'Fn::GetAtt': [`${logicalName(HOOK)}LambdaFunction`, 'Arn'] }),
            allow(['cloudwatch:DescribeAlarms'], '*'),
          ],
        },
      },
    ],
  },
});

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  if ((await resolveVariable('param:canary')) !== 'true') return {};
  const service = `users-api-${await resolveVariable('sls:stage')}`;
  const functions = await resolveConfigurationProperty(['functions']);
  return {
    Resources: {
      CanaryApplication: {
        Type: 'AWS::CodeDeploy::Application',
        Properties: { ApplicationName: application(service), ComputePlatform: 'Lambda' },
      },
      CanaryRole: role(service, functions),
    },
  };
};

Object.assign(module.exports, { HOOK, canaries, hookRights, logicalName });
