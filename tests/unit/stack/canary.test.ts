import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { routes } from '../../../lib/http/routes.ts';
import { root } from '../../../local/serverless.ts';
import { logicalName, readTemplate, resourcesOf, type Template } from '../../support/stack.ts';

/** As `prod` is deployed, and as the other stages are. */
let canary: Template;
let plain: Template;

beforeAll(async () => {
  canary = await readTemplate({ canary: 'true' });
  plain = await readTemplate();
}, 180_000);

const DOCUMENTS = ['getJwks', 'getOpenidConfiguration', 'getOpenapi', 'getDocs'];

/** Every endpoint that does more than answer with a document. */
const canaries = Object.keys(routes).filter((name) => !DOCUMENTS.includes(name));

const properties = (name: string) => canary.Resources[name]?.Properties ?? {};

test('prod is deployed as canaries, other stages are not', () => {
  const { params } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  expect(params).toEqual({ default: { canary: 'false' }, prod: { canary: 'true' } });
  for (const type of ['AWS::Lambda::Version', 'AWS::Lambda::Alias', 'AWS::CodeDeploy::DeploymentGroup']) {
    expect(resourcesOf(plain, type), type).toEqual([]);
  }
});

test('every endpoint has an alias, which CodeDeploy moves to the new version after asking', () => {
  expect(
    resourcesOf(canary, 'AWS::Lambda::Alias')
      .map(([name]) => name)
      .toSorted(),
  ).toEqual(canaries.map((name) => `${logicalName(name)}Alias`).toSorted());
  for (const name of canaries) {
    const { Properties, UpdatePolicy } = canary.Resources[`${logicalName(name)}Alias`] as unknown as {
      Properties: { Name: string; FunctionVersion: { 'Fn::GetAtt': [string, string] } };
      UpdatePolicy: unknown;
    };
    expect(Properties.Name).toBe('live');
    const [version] = Properties.FunctionVersion['Fn::GetAtt'];
    expect(properties(version).FunctionName).toEqual({ Ref: `${logicalName(name)}LambdaFunction` });
    expect(canary.Resources[version]).not.toHaveProperty('DeletionPolicy');
    expect(UpdatePolicy).toEqual({
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: { Ref: 'CanaryApplication' },
        DeploymentGroupName: { Ref: `${logicalName(name)}DeploymentGroup` },
        BeforeAllowTrafficHook: { Ref: 'CheckVersionLambdaFunction' },
      },
    });
  }
});

test('a tenth of the requests tries a new version for five minutes, and alarms take it back', () => {
  const alarms = resourcesOf(canary, 'AWS::CloudWatch::Alarm').map(([name]) => name);
  for (const name of canaries) {
    const group = properties(`${logicalName(name)}DeploymentGroup`);
    expect(group).toMatchObject({
      DeploymentGroupName: `users-api-dev-${name}`,
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AutoRollbackConfiguration: { Enabled: true },
      AlarmConfiguration: { Enabled: true },
    });
    const watched = group.AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref);
    expect(watched).toEqual(['ServerErrorsAlarm', 'DefectsAlarm', 'SlowAnswersAlarm']);
    expect(alarms).toEqual(expect.arrayContaining(watched));
  }
});

test('the gateway invokes the alias, and may invoke nothing else', () => {
  const isOf = (name: string) => (text: string) => text.includes(`"${logicalName(name)}LambdaFunction"`);
  const invoked = resourcesOf(canary, 'AWS::ApiGateway::Method').map(([, { Properties }]) =>
    JSON.stringify(Properties.Integration.Uri),
  );
  const allowed = resourcesOf(canary, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
    JSON.stringify(Properties.FunctionName),
  );
  for (const name of canaries) {
    const uris = [...invoked, ...allowed].filter(isOf(name));
    expect(uris, name).toHaveLength(2);
    for (const uri of uris) expect(uri, name).toContain('"live"');
  }
});

test('CodeDeploy may move these aliases, look at alarms and ask the hook, and nothing else', () => {
  const { Policies } = properties('CanaryRole');
  const statements = Policies[0].PolicyDocument.Statement;
  expect(statements.map(({ Action }: { Action: string[] }) => Action)).toEqual([
    ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
    ['lambda:InvokeFunction'],
    ['cloudwatch:DescribeAlarms'],
  ]);
  expect(JSON.stringify(statements[0].Resource).match(/function:users-api-dev-\w+:live/g)).toHaveLength(
    canaries.length,
  );
  expect(statements[1].Resource).toEqual({ 'Fn::GetAtt': ['CheckVersionLambdaFunction', 'Arn'] });
  expect(properties('CanaryRole').AssumeRolePolicyDocument.Statement).toMatchObject([
    { Principal: { Service: 'codedeploy.amazonaws.com' } },
  ]);
});

test('the hook may try the canaries and decide about them, and about nothing else', () => {
  const own = properties('CheckVersionRole').Policies[0].PolicyDocument.Statement.slice(-2);
  expect(own.map(({ Action }: { Action: string[] }) => Action)).toEqual([
    ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
    ['lambda:InvokeFunction'],
  ]);
  for (const { Resource } of own) expect(Resource).toHaveLength(canaries.length);
});

test('the stack stays below the 500 resources that CloudFormation takes', () => {
  expect(Object.keys(canary.Resources).length).toBeLessThan(500);
});
