import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { edge } from '../../../lib/http/edge.ts';
import { BASE_PATH, routes } from '../../../lib/http/routes.ts';
import { job } from '../../../lib/job.ts';
import { counting } from '../../../lib/metrics.ts';
import { ApiError } from '../../../lib/problems.ts';
import { snapshotClaimKey, snapshotKey } from '../../../lib/table/keys.ts';
import { root } from '../../../local/serverless.ts';
import { routeRequest } from '../../support/gateway.ts';
import { captureLogs, type LogLine } from '../../support/output.ts';
import { readTemplate, resourcesOf, type Template } from '../../support/stack.ts';
import { writeItem } from '../../support/table.ts';
import { seconds } from '../../support/tokens.ts';

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

/** The metrics that a line in the gateway's log counts for. */
function countedAtGateway(line: LogLine): string[] {
  const filters = resourcesOf(template, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
  return filters
    .filter(({ FilterPattern }) => fits(line, FilterPattern))
    .map(({ MetricTransformations: [{ MetricName }] }) => MetricName);
}

/** What a line of a function says in metrics: whatever CloudWatch finds in it, by the rules of its format. */
interface MetricLine extends LogLine {
  _aws?: {
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
}

/** The metrics of a line that no member divides, as `<namespace> <name>`. */
function metricsIn(line: MetricLine): string[] {
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.filter(() => Dimensions[0]?.length === 0).map(({ Name }) => {
      expect(line[Name], Name).toEqual(expect.any(Number));
      return `${Namespace} ${Name}`;
    }),
  );
}

/** The alarms on what a line counts. */
function rungBy(line: LogLine): string[] {
  const metrics = metricsIn(line);
  return alarms()
    .filter(([, { Properties }]) => metrics.includes(`${Properties.Namespace} ${Properties.MetricName}`))
    .map(([name]) => name);
}

const noMoreTime = { getRemainingTimeInMillis: () => 60_000 };

test('M8: the log lines of a defect, and no others of a request, ring', async () => {
  const { event, context } = routeRequest({ method: 'GET', path: '/' });
  const failing = edge('notFound', async () => {
    throw new TypeError('A defect that a test asked for');
  });
  const { lines } = await captureLogs(() => failing(event, context));
  expect(lines.map(({ message }) => message)).toEqual(['defect', 'request']);
  expect(lines.map(rungBy)).toEqual([['DefectsAlarm'], []]);
});

test('M8: jobs that fail ring', async () => {
  const failing = job('activity', async () => {
    throw new Error('A failure that a test asked for');
  });
  const { lines } = await captureLogs(() => failing(undefined, noMoreTime).catch(() => undefined));
  expect(lines.flatMap(rungBy)).toEqual(['FailedJobsAlarm']);
});

test('M8: it rings when no snapshot is written and none would be due', async () => {
  const { handler } = await import('../../../functions/jobs/writeSnapshot.ts');
  const { lines } = await captureLogs(() => handler(undefined, noMoreTime));
  expect(lines).toMatchObject([{ message: 'snapshot', outcome: 'not_due' }]);
  expect(lines.flatMap(rungBy)).toEqual(['StaleSnapshotAlarm']);
  await holdSnapshot();
  const { lines: others } = await captureLogs(() => handler(undefined, noMoreTime));
  expect(others.flatMap(rungBy)).toEqual([]);
  const stale = template.Resources.StaleSnapshotAlarm?.Properties;
  expect(stale).toMatchObject({ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
});

/** A snapshot that is due, and somebody else who writes the next one. */
async function holdSnapshot(): Promise<void> {
  const { FORMAT } = await import('../../../lib/directory/snapshot/reader.ts');
  const { START } = await import('../../../lib/directory/feed.ts');
  const expires_at = seconds() + 3600;
  await writeItem({
    ...snapshotKey,
    ...{
      snapshot: 'old',
      format: FORMAT,
      ...{ bytes: 10, sizes: [10], digests: ['none'] },
      cards: 1,
      position: START,
      written_at: 0,
      expires_at,
    },
  });
  await writeItem({ ...snapshotClaimKey, writer: 'another', claimed_until: Date.now() + 60_000, expires_at });
}

test.each([
  ['OutgrownDirectories', 'OutgrownDirectoryAlarm'],
  ['DirectoriesBehind', 'DirectoryBehindAlarm'],
  ['DamagedCards', 'DamagedCardsAlarm'],
] as const)('M8: a line that counts %s rings, whoever writes it', (metric, alarm) => {
  expect(rungBy({ message: 'any', ...counting(metric) })).toEqual([alarm]);
});

test('a request’s line says how long its operation took, what it cost, and how it failed', async () => {
  const { event, context } = routeRequest({ method: 'GET', path: '/' });
  const answering = edge('listUsers', async () => {
    throw new ApiError('not_found');
  });
  const both = async () => [await answering(event, context), await answering(event, context)];
  const { lines } = await captureLogs(both);
  const directives = ({ _aws }: MetricLine) =>
    _aws?.CloudWatchMetrics.map(({ Dimensions: [by], Metrics }) => [
      ...(by ?? []),
      ...Metrics.map(({ Name }) => Name),
    ]);
  const always = (...first: string[]) => [
    ['operation', 'duration_ms'],
    ['read_units', 'write_units', ...first],
    ['code', 'failures'],
  ];
  expect(lines.map(directives)).toEqual([always('cold_starts'), always()]);
  expect(lines[0]).toMatchObject({ operation: 'listUsers', code: 'not_found', failures: 1, cold_starts: 1 });
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
  expect(countedAtGateway(gatewayLine(operation, status))).toEqual(metrics);
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

test('one alarm rings when people feel it, and none of those that they do not', () => {
  const [[, composite] = []] = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm');
  const { AlarmRule, AlarmActions } = composite?.Properties ?? {};
  const [rule, names] = AlarmRule['Fn::Sub'] ? [AlarmRule['Fn::Sub'], AlarmRule['Fn::Sub']] : ['', ''];
  const felt = [...names.matchAll(/ALARM\("\$\{(\w+)\}"\)/g)].map(([, name]) => name);
  expect(rule.split(' OR ')).toHaveLength(felt.length);
  expect(felt).toEqual([
    'ServerErrorsAlarm',
    'SlowAnswersAlarm',
    'ThrottledFunctionsAlarm',
    'ThrottledReadsAlarm',
    'ThrottledWritesAlarm',
    'ThrottledIndexReadsAlarm',
    'ThrottledIndexWritesAlarm',
  ]);
  expect(alarms().map(([name]) => name)).toEqual(expect.arrayContaining(felt));
  expect(AlarmActions).toMatchObject({ 'Fn::If': ['HasAlarmTopic', expect.anything(), {}] });
});

/** The widgets of the dashboard, with what stands for references resolved to their names. */
function widgets() {
  const [[, dashboard] = []] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  return JSON.parse(dashboard?.Properties.DashboardBody['Fn::Sub']).widgets as {
    type: string;
    properties: { title: string; region: string; metrics?: unknown[][]; alarms?: string[] };
  }[];
}

test('the dashboard shows what operators look for, in metrics that there are', async () => {
  expect(widgets().map(({ properties }) => properties.title)).toEqual([
    'Alarms',
    'Requests',
    'Answers, p50',
    'Answers, p99',
    'Failures by code',
    'Throttled',
    'Cold starts',
    'Loads of the directory',
    'Units of the table',
    'Age of the stream',
    'Dead letters',
  ]);
  const { event, context } = routeRequest({ method: 'GET', path: '/' });
  const { lines } = await captureLogs(() =>
    edge('notFound', async () => {
      throw new ApiError('not_found');
    })(event, context),
  );
  const written = lines.flatMap((line: MetricLine) =>
    (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)),
  );
  const shown = JSON.stringify(widgets());
  expect(written.filter((name) => !shown.includes(name))).toEqual([]);
  for (const [name] of alarms()) expect(shown, name).toContain(`\${${name}.Arn}`);
});

test('five questions of operators are saved as queries over the logs that answer them', () => {
  const queries = resourcesOf(template, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties);
  expect(queries.map(({ Name }) => Name)).toEqual([
    'users-api-dev/why a request failed',
    'users-api-dev/which operations are slow',
    'users-api-dev/who sends most',
    'users-api-dev/what happened to an account',
    'users-api-dev/what is unavailable',
  ]);
  const groups = new Set(
    resourcesOf(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.LogGroupName),
  );
  for (const { LogGroupNames, QueryString } of queries) {
    expect(LogGroupNames.length).toBeGreaterThan(0);
    expect(LogGroupNames.length).toBeLessThanOrEqual(50);
    expect(LogGroupNames.filter((name: string) => !groups.has(name))).toEqual([]);
    expect(QueryString).toMatch(/^(fields|filter) /);
  }
});

test('M8: docs/operations.md says of every alarm what it means and what to do', async () => {
  const text = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const described = [...text.matchAll(/^\| (\w+Alarm(?:, \w+Alarm)*) +\| .{10,} \| .{20,} \|$/gm)];
  expect(described.flatMap(([, names = '']) => names.split(', ')).toSorted()).toEqual(
    [...alarms(), ...resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm')]
      .map(([name]) => name)
      .toSorted(),
  );
});
