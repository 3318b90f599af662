import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../../../local/serverless.ts';
import { grantsOf, readTemplate, resourcesOf, type Template } from '../../support/stack.ts';

const PRODUCER = 'arn:aws:iam::123456789012:role/posts';
const MAIL_FROM = 'Careers <no-reply@mail.example.com>';
const WEB_ACL = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/users/1';

/** The template with every parameter that a deployment may be given. */
let template: Template;

beforeAll(async () => {
  template = await readTemplate({
    publicUrl: 'https://api.example.com/careers/users',
    closeExecuteApi: 'true',
    tlsPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
    tlsAccessMode: 'BASIC',
    webAcl: WEB_ACL,
    gatewayAccount: 'false',
    activityBus: 'careers-events',
    activityProducer: PRODUCER,
    protectTable: 'false',
    mailFrom: MAIL_FROM,
    appUrl: 'https://app.example.com',
    passwords: 'strict',
    directoryStorage: '10240',
    warmLists: '2',
    directory: 'postgres',
    directoryReader: '/aws/reference/secretsmanager/reader',
    directorySubnets: 'subnet-1,subnet-2',
    directorySecurityGroups: 'sg-1',
  });
}, 180_000);

const properties = (name: string) => template.Resources[name]?.Properties ?? {};

test('M12: the address of the gateway is closed beside a domain of one’s own', () => {
  expect(properties('ApiGatewayRestApi').DisableExecuteApiEndpoint).toBe(true);
  expect(properties('RegisterLambdaFunction').Environment.Variables.ISSUER).toBe(
    'https://api.example.com/careers/users',
  );
});

test('M12: the TLS policy is a choice', () => {
  expect(properties('ApiGatewayRestApi')).toMatchObject({
    SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
    EndpointAccessMode: 'BASIC',
  });
});

test('M12: a web ACL stands in front of the stage', () => {
  const [[, association] = []] = resourcesOf(template, 'AWS::WAFv2::WebACLAssociation');
  expect(association?.Properties.WebACLArn).toBe(WEB_ACL);
  expect(association?.Properties.ResourceArn['Fn::Sub']).toMatch(/\$\{ApiGatewayRestApi\}\/stages\/dev$/);
  expect(association?.DependsOn).toEqual(['GatewayStage']);
  expect(template.Conditions.HasWebAcl).toEqual({ 'Fn::Not': [{ 'Fn::Equals': [WEB_ACL, ''] }] });
});

test('L13: an account that has a role for the logs of its gateways keeps it', () => {
  expect(template.Conditions.SetsGatewayAccount).toEqual({ 'Fn::Equals': ['false', 'true'] });
  for (const name of ['GatewayAccount', 'GatewayLogRole']) {
    expect(template.Resources[name]?.Condition).toBe('SetsGatewayAccount');
  }
});

test('M11: on a bus of its own, the posts service alone may put events, and none but its own', () => {
  const policies = resourcesOf(template, 'AWS::Events::EventBusPolicy').map(([, policy]) => policy);
  expect(policies.map(({ Properties }) => Properties.Statement)).toMatchObject([
    {
      Effect: 'Allow',
      Principal: { AWS: PRODUCER },
      Action: 'events:PutEvents',
      Condition: { StringEquals: { 'events:source': 'careers.posts' } },
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': PRODUCER } },
    },
  ]);
  const [[name, bus] = []] = resourcesOf(template, 'AWS::Events::EventBus');
  expect(bus?.Properties.Name).toBe('careers-events');
  expect(policies.map(({ DependsOn }) => DependsOn)).toEqual([[name], [name]]);
});

test('M11: what is lost between the bus and the function still comes to the queue', () => {
  const [{ Condition }] = properties('ActivityDeadLettersPolicy').PolicyDocument.Statement;
  expect(Condition.ArnEquals['aws:SourceArn']['Fn::If']).toMatchObject([
    'HasActivityBus',
    { 'Fn::Sub': expect.stringMatching(/:rule\/careers-events\/users-api-dev-activity$/) },
    {},
  ]);
});

test('the first deployment leaves the table unprotected, so that its rollback can remove it', () => {
  expect(properties('UsersTable').DeletionProtectionEnabled).toBe(false);
});

test('mail comes from the address of the deployment, and one function alone may send it', () => {
  const [grant, ...others] = grantsOf(template).filter(({ action }) => action.startsWith('ses:'));
  expect([grant, ...others].map((one) => [one?.role, one?.action])).toEqual([
    ['SendMailRole', 'ses:SendEmail'],
    ['SendMailRole', 'ses:SendEmail'],
  ]);
  expect([grant, ...others].map((one) => JSON.stringify(one?.resource))).toEqual([
    expect.stringMatching(/:identity\/no-reply@mail\.example\.com"/),
    expect.stringMatching(/:identity\/mail\.example\.com"/),
  ]);
  expect(grant?.condition).toEqual({ StringEquals: { 'ses:FromAddress': 'no-reply@mail.example.com' } });
  for (const name of ['Register', 'ForgetPassword', 'SendMail']) {
    const { Variables } = properties(`${name}LambdaFunction`).Environment;
    expect(Variables).toMatchObject({ MAIL_FROM, APP_URL: 'https://app.example.com', PASSWORDS: 'strict' });
  }
});

test('lists can have more storage', () => {
  for (const name of ['ListUsersLambdaFunction', 'WriteSnapshotLambdaFunction']) {
    expect(properties(name).EphemeralStorage).toEqual({ Size: 10240 });
    expect(properties(name).Environment.Variables.DIRECTORY_STORAGE).toBe('10240');
  }
});

test('warm lists are provisioned, and are what the gateway calls', () => {
  const [[name, alias] = []] = resourcesOf(template, 'AWS::Lambda::Alias');
  expect(alias?.Properties).toMatchObject({
    FunctionName: { Ref: 'ListUsersLambdaFunction' },
    ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
  });
  expect(template.Resources.ListUsersLambdaPermissionApiGateway?.DependsOn).toBe(name);
  expect(JSON.stringify(properties('ApiGatewayMethodCareersUsersGet').Integration)).toContain(
    alias?.Properties.Name,
  );
});

test('a directory in PostgreSQL is pulled from the feed, and no snapshot is written', () => {
  const states = resourcesOf(template, 'AWS::Events::Rule').map(([name, rule]) => [
    name,
    rule.Properties.State,
  ]);
  expect(states).toEqual(
    expect.arrayContaining([
      ['WriteSnapshotEventsRuleSchedule1', 'DISABLED'],
      ['PullDirectoryEventsRuleSchedule1', 'ENABLED'],
    ]),
  );
  expect(properties('StaleSnapshotAlarm').TreatMissingData).toBe('notBreaching');
});

test('only the functions that use PostgreSQL are in its network, with the names of their secrets', () => {
  const inside = resourcesOf(template, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.VpcConfig,
  );
  expect(
    inside.map(([name, { Properties }]) => [
      name,
      Properties.Environment.Variables.DIRECTORY_DATABASE_PARAMETER,
    ]),
  ).toEqual([
    ['ListUsersLambdaFunction', '/aws/reference/secretsmanager/reader'],
    ['PullDirectoryLambdaFunction', '/users-api/dev/directory-writer'],
  ]);
  for (const [, { Properties }] of inside) {
    expect(Properties.VpcConfig).toEqual({ SecurityGroupIds: ['sg-1'], SubnetIds: ['subnet-1', 'subnet-2'] });
    expect(Properties.Environment.Variables.NODE_EXTRA_CA_CERTS).toBe('/var/runtime/ca-cert.pem');
  }
  const secrets = grantsOf(template).filter(({ action }) => action === 'secretsmanager:GetSecretValue');
  expect(secrets.map(({ role, resource }) => [role, JSON.stringify(resource)])).toEqual([
    ['ListUsersRole', expect.stringMatching(/:secret:reader-\?{6}"\}$/)],
  ]);
});

const check = createRequire(import.meta.url)(join(root, 'resources/parameters.cjs'));

test.each([
  ['L7: an address that ends in a slash', { publicUrl: 'https://api.example.com/' }, 'without a slash'],
  ['an address without TLS', { publicUrl: 'http://api.example.com' }, 'begins with https://'],
  ['closing the only address', { closeExecuteApi: 'true' }, 'needs a publicUrl'],
  ['mail without links', { mailFrom: 'a@example.com' }, 'go together'],
  ['links without mail', { appUrl: 'https://app.example.com' }, 'go together'],
  ['mail from nobody', { mailFrom: 'Careers', appUrl: 'https://app.example.com' }, 'mailFrom is an address'],
  [
    'mail from two',
    { mailFrom: 'a@b.example, c@d.example', appUrl: 'https://a.example' },
    'mailFrom is an address',
  ],
  ['links without TLS', { mailFrom: 'a@example.com', appUrl: 'http://app.example.com' }, 'appUrl begins'],
  [
    'links with two slashes',
    { mailFrom: 'a@example.com', appUrl: 'https://app.example.com/' },
    'without a slash',
  ],
  ['two web ACLs', { waf: 'true', webAcl: WEB_ACL }, 'takes one of them'],
  ['a web ACL that is neither wanted nor not', { waf: 'yes' }, 'true or false'],
  ['a bus for nobody', { activityBus: 'events' }, 'needs an activityProducer'],
  ['an engine that there is not', { directory: 'oracle' }, 'embedded, filling or postgres'],
  [
    'a database that cannot be reached',
    { directory: 'postgres', directorySubnets: 'subnet-1' },
    'to be reached',
  ],
])('refuses %s', async (_, given: Record<string, string>, sentence) => {
  const resolveVariable = async (variable: string) => given[/^param:(\w+)/.exec(variable)?.[1] ?? ''] ?? '';
  await expect(check({ resolveVariable })).rejects.toThrow(sentence);
});

test('docs/operations.md describes every parameter that a deployment may be given', () => {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const files = ['serverless.yml', ...globSync('resources/*', { cwd: root })];
  const used = files.flatMap((file) => [...read(file).matchAll(/\$\{param:(\w+)/g)].map(([, name]) => name));
  const [, section = ''] = /\n## Parameters\n(.*?)\n## /s.exec(read('docs/operations.md')) ?? [];
  const described = [...section.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, names = '']) => [
    ...names.matchAll(/`(\w+)`/g),
  ]);
  expect(described.map(([, name]) => name).toSorted()).toEqual([...new Set(used)].toSorted());
});
