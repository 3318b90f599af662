/*
 * What an operator sees at a glance, and the questions that one asks next, saved as queries of CloudWatch Logs Insights.
 * The metrics of functions come out of their log lines (lib/metrics.ts). docs/operations.md has a sketch.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const WIDTH = 24;

/** The names of the alarms, which stand in files of their own. */
const alarmsIn = (file) =>
  [...readFileSync(join(__dirname, file), 'utf8').matchAll(/^ {2}(\w+Alarm):$/gm)].map(([, name]) => name);

const ALARMS = ['alarms.yml', 'events.yml', 'mail.yml', 'erasure.yml'].flatMap(alarmsIn);

const QUEUES = ['ActivityDeadLetters', 'EventDeadLetters', 'MailDeadLetters', 'ErasureDeadLetters'];

const QUERIES = [
  {
    title: 'why a request failed',
    of: 'endpoints',
    query: `filter request_id = "paste an X-Request-Id here"
      | fields @timestamp, message, operation, status, code, cause, error_name, frames, duration_ms | sort @timestamp asc`,
  },
  {
    title: 'which operations are slow',
    of: 'endpoints',
    query: `filter message = "request"
      | stats count(*) as requests, pct(duration_ms, 50) as p50, pct(duration_ms, 99) as p99, avg(own_ms) as own,
        avg(trips) as trips, avg(read_units) as reads, avg(write_units) as writes by operation | sort p99 desc`,
  },
  {
    title: 'who sends most',
    of: 'gateway',
    query: `filter ispresent(source_ip)
      | stats count(*) as requests by source_ip, route, status | sort requests desc | limit 50`,
  },
  {
    title: 'what happened to an account',
    of: 'endpoints',
    query: `filter message = "security" and user_id = 0
      | fields @timestamp, event, source | sort @timestamp desc`,
  },
  {
    title: 'what is unavailable',
    of: 'endpoints',
    query: `filter code = "unavailable" or message = "defect" or message = "job_failed"
      | fields coalesce(operation, job, message) as place
      | stats count(*) as times, latest(@timestamp) as last by place, cause, error_name | sort times desc`,
  },
];

/** Most log groups that one query reads. */
const MOST_GROUPS = 50;

/** What `Fn::Sub` puts a value in the place of. */
const reference = (name) => `\${${name}}`;

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const stage = await resolveVariable('sls:stage');
  const service = `users-api-${stage}`;
  const functions = Object.entries(await resolveConfigurationProperty(['functions']));
  const isEndpoint = ([, { events = [] }]) => typeof events === 'string' || events.some(({ http }) => http);
  const logsOf = (found) => found.map(([name]) => `/aws/lambda/${service}-${name}`);
  const groups = {
    endpoints: logsOf([...functions.filter(isEndpoint), ...functions.filter((one) => !isEndpoint(one))]),
    gateway: [`/aws/api-gateway/${service}`],
  };
  const readers = functions.filter(([, { events = [] }]) => JSON.stringify(events).includes('"stream"'));

  let row = 0;
  const line = (height, ...widgets) => {
    const width = WIDTH / widgets.length;
    const placed = widgets.map((widget, n) => ({ ...widget, x: n * width, y: row, width, height }));
    row += height;
    return placed;
  };
  const graph = (title, stat, metrics, more = {}) => ({
    type: 'metric',
    properties: {
      title,
      stat,
      metrics,
      region: reference('AWS::Region'),
      period: 60,
      view: 'timeSeries',
      ...more,
    },
  });
  const search = (namespace, by, metric, stat) => [
    {
      expression: `SEARCH('{"${namespace}",${by}} MetricName="${metric}"', '${stat}', 60)`,
      label: `\${!PROP('Dim.${by}')}`,
    },
  ];
  const gateway = ['ApiName', `${stage}-users-api`, 'Stage', stage];
  const table = ['TableName', reference('UsersTable')];

  const widgets = [
    ...line(4, {
      type: 'alarm',
      properties: { title: 'Alarms', alarms: ALARMS.map((name) => reference(`${name}.Arn`)) },
    }),
    ...line(
      6,
      graph('Requests', 'Sum', [
        ['AWS/ApiGateway', 'Count', ...gateway],
        ['AWS/ApiGateway', '4XXError', ...gateway],
        ['AWS/ApiGateway', '5XXError', ...gateway],
      ]),
      graph('Answers, p50', 'p50', [search(service, 'operation', 'duration_ms', 'p50')]),
      graph('Answers, p99', 'p99', [search(service, 'operation', 'duration_ms', 'p99')]),
    ),
    ...line(
      6,
      graph('Failures by code', 'Sum', [search(service, 'code', 'failures', 'Sum')]),
      graph('Throttled', 'Sum', [
        [service, 'Throttled'],
        ['AWS/Lambda', 'Throttles'],
        ['AWS/DynamoDB', 'ReadThrottleEvents', ...table],
        ['AWS/DynamoDB', 'WriteThrottleEvents', ...table],
      ]),
      graph('Cold starts', 'Sum', [[service, 'cold_starts']]),
    ),
    ...line(
      6,
      graph('Loads of the directory', 'Maximum', [
        [service, 'directory_load_ms'],
        [service, 'directory_load_ms', { stat: 'SampleCount', yAxis: 'right' }],
      ]),
      graph('Units of the table', 'Sum', [
        [service, 'read_units'],
        [service, 'write_units'],
        ['AWS/DynamoDB', 'ConsumedReadCapacityUnits', ...table],
        ['AWS/DynamoDB', 'ConsumedWriteCapacityUnits', ...table],
      ]),
      graph(
        'Age of the stream',
        'Maximum',
        readers.map(([name]) => ['AWS/Lambda', 'IteratorAge', 'FunctionName', `${service}-${name}`]),
      ),
      graph(
        'Dead letters',
        'Maximum',
        QUEUES.map((name) => [
          ...['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName'],
          reference(`${name}.QueueName`),
        ]),
      ),
    ),
  ];

  const queries = QUERIES.map(({ title, of, query }, n) => [
    `Query${n + 1}`,
    {
      Type: 'AWS::Logs::QueryDefinition',
      Properties: {
        Name: `${service}/${title}`,
        LogGroupNames: groups[of].slice(0, MOST_GROUPS),
        QueryString: query.replace(/\s+/g, ' '),
      },
    },
  ]);
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { DashboardName: service, DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) } },
      },
      ...Object.fromEntries(queries),
    },
  };
};
