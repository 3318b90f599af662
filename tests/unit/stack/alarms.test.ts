import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { edge } from '../../../lib/http/edge.ts';
import { BASE_PATH, routes } from '../../../lib/http/routes.ts';
import { job } from '../../../lib/job.ts';
import { root, serverless } from '../../../local/serverless.ts';
import { routeRequest } from '../../support/gateway.ts';
import { captureLogs, type LogLine } from '../../support/output.ts';
import { logicalName, readTemplate, resourcesOf, type Template } from '../../support/stack.ts';

let template: Template;

beforeAll(async () => {
  template = await readTemplate();
}, 180_000);

const alarms = () => resourcesOf(template, 'AWS::CloudWatch::Alarm');

/** The metrics that alarms watch, with the namespace of each. */
const watched = () =>
  alarms().flatMap(([, { Properties }]) => {
    const many = (Properties.Metrics ?? []).flatMap(
      ({ MetricStat }: typeof Properties) => MetricStat?.Metric ?? [],
    );
    return [Properties, ...many].map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
  });

/**
 * Whether a line fits a filter pattern of CloudWatch Logs: of its language, what our patterns use. Comparisons are
 * decided first, then brackets from the inside, then `&&`, then `||`.
 */
function fits(line: LogLine, pattern: string): boolean {
  let text = pattern
    .replace(/^\{ | \}$/g, '')
    .replace(/\$\.(\w+) = "([^"]*)"/g, (_, name, value) => String(line[name] === value));
  const either = (part: string) =>
    part.split(' || ').some((all) => all.split(' && ').every((one) => one === 'true'));
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\(([^()]*)\)/, (_, inner) => String(either(inner)));
  }
  return either(text);
}

/** The metrics that a line in the log of a function counts for; `GatewayAccessLog` is the gateway's. */
function countsFor(group: string, line: LogLine): string[] {
  const filters = resourcesOf(template, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
  return filters
    .filter(({ LogGroupName, FilterPattern }) => LogGroupName.Ref === group && fits(line, FilterPattern))
    .map(({ MetricTransformations: [{ MetricName }] }) => MetricName);
}

const logOf = (name: string) => `${logicalName(name)}LogGroup`;

const noMoreTime = { getRemainingTimeInMillis: () => 60_000 };

test('M8: the log lines of a defect, and no others of a request, ring', async () => {
  const { event, context } = routeRequest({ method: 'GET', path: '/' });
  const failing = edge('notFound', async () => {
    throw new TypeError('A defect that a test asked for');
  });
  const { lines } = await captureLogs(() => failing(event, context));
  expect(lines.map(({ message }) => message)).toEqual(['defect', 'request']);
  for (const name of Object.keys(routes)) {
    expect(lines.map((line) => countsFor(logOf(name), line))).toEqual([['Defects'], []]);
  }
});

test('M8: jobs that fail ring', async () => {
  const failing = job('activity', async () => {
    throw new Error('A failure that a test asked for');
  });
  const { lines } = await captureLogs(() => failing(undefined, noMoreTime).catch(() => undefined));
  const jobs = Object.keys(serverless.functions).filter((name) => !(name in routes) && name !== 'notFound');
  expect(jobs).toContain('writeSnapshot');
  for (const name of jobs) {
    expect(lines.flatMap((line) => countsFor(logOf(name), line))).toEqual(['FailedJobs']);
  }
});

test('M8: it rings when no snapshot is written and none would be due', async () => {
  const { handler } = await import('../../../functions/jobs/writeSnapshot.ts');
  const { lines } = await captureLogs(() => handler(undefined, noMoreTime));
  expect(lines).toMatchObject([{ message: 'snapshot', outcome: 'not_due' }]);
  const counts = (outcome: string) => countsFor(logOf('writeSnapshot'), { ...lines[0], outcome });
  expect(['written', 'not_due'].map(counts)).toEqual([['SoundSnapshots'], ['SoundSnapshots']]);
  expect(['claimed', 'lost', 'damaged'].flatMap(counts)).toEqual([]);
  const stale = template.Resources.StaleSnapshotAlarm?.Properties;
  expect(stale).toMatchObject({ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
});

test.each([
  ['directory_outgrown', 'OutgrownDirectories'],
  ['directory_behind', 'DirectoriesBehind'],
  ['card_damaged', 'DamagedCards'],
])('M8: the line %s rings, whoever writes it', (message, metric) => {
  for (const name of ['listUsers', 'writeSnapshot', 'pullDirectory']) {
    expect(countsFor(logOf(name), { message })).toEqual([metric]);
  }
});

/** A line of the gateway, as its format has it. */
function gatewayLine(operation: keyof typeof routes, status: number): LogLine {
  const values: Record<string, string> = {
    '$context.status': String(status),
    '$context.resourcePath': `${BASE_PATH}${routes[operation].path}`,
  };
  const { Format } = template.Resources.GatewayStage?.Properties.AccessLogSetting ?? {};
  const fill = (variable: string) => values[variable] ?? '-';
  return JSON.parse(Format.replace(/\$[\w.]+/g, fill));
}

test.each([
  ['getMe', 200, []],
  ['getMe', 401, ['Unauthenticated']],
  ['login', 200, []],
  ['login', 401, ['Unauthenticated', 'FailedLogins']],
  ['login', 429, ['Throttled']],
  ['register', 201, ['Registrations']],
  ['register', 409, []],
  ['listUsers', 429, ['Throttled']],
] as const)('M8: %s with %i counts for %j', (operation, status, metrics) => {
  expect(countsFor('GatewayAccessLog', gatewayLine(operation, status))).toEqual(metrics);
});

test('every line that the logs are searched for is one that the service writes', () => {
  const patterns = resourcesOf(template, 'AWS::Logs::MetricFilter').map(
    ([, { Properties }]) => Properties.FilterPattern,
  );
  const messages = patterns.flatMap((pattern: string) => /\$\.message = "(\w+)"/.exec(pattern)?.[1] ?? []);
  const sources = globSync('{lib,functions}/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  expect(messages.length).toBeGreaterThan(0);
  for (const message of new Set(messages)) {
    expect(
      sources.some((text) => text.includes(`'${message}'`)),
      message,
    ).toBe(true);
  }
});

test('every metric that the logs are searched for has an alarm', () => {
  const counted = resourcesOf(template, 'AWS::Logs::MetricFilter').flatMap(([, { Properties }]) =>
    Properties.MetricTransformations.map(
      ({ MetricNamespace, MetricName }: typeof Properties) => `${MetricNamespace} ${MetricName}`,
    ),
  );
  expect(counted.filter((metric) => !watched().includes(metric))).toEqual([]);
});

test('watches errors, slow answers, throttles and lost events', () => {
  expect(watched()).toEqual(
    expect.arrayContaining([
      'AWS/ApiGateway 5XXError',
      'AWS/ApiGateway Latency',
      'AWS/Lambda Throttles',
      'AWS/Lambda Errors',
      'AWS/DynamoDB ReadThrottleEvents',
      'AWS/DynamoDB WriteThrottleEvents',
      'AWS/SQS ApproximateNumberOfMessagesVisible',
    ]),
  );
});

test('deployment 3: throttles of the index ring as well as those of the table', () => {
  const places = alarms()
    .map(([, { Properties }]) => Properties)
    .filter(({ Namespace }) => Namespace === 'AWS/DynamoDB')
    .map(({ MetricName, Dimensions }) =>
      [MetricName, ...Dimensions.map(({ Name }: { Name: string }) => Name)].join(' '),
    );
  expect(places).toEqual([
    'ReadThrottleEvents TableName',
    'WriteThrottleEvents TableName',
    'ReadThrottleEvents TableName GlobalSecondaryIndexName',
    'WriteThrottleEvents TableName GlobalSecondaryIndexName',
  ]);
});

test('tells the same topic of every alarm', () => {
  for (const [name, { Properties }] of alarms()) {
    expect(Properties.AlarmActions, name).toMatchObject({
      'Fn::If': ['HasAlarmTopic', expect.anything(), {}],
    });
  }
});

test('M8: docs/operations.md says of every alarm what it means and what to do', async () => {
  const text = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const described = [...text.matchAll(/^\| (\w+Alarm(?:, \w+Alarm)*) +\| .{10,} \| .{20,} \|$/gm)];
  expect(described.flatMap(([, names = '']) => names.split(', ')).toSorted()).toEqual(
    alarms()
      .map(([name]) => name)
      .toSorted(),
  );
});
