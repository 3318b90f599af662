/*
 * What CloudWatch counts in the logs, for the alarms of alarms.yml. Each metric has one filter in each log group that
 * may hold such a line.
 */
const LINES = {
  Defects: { pattern: '{ $.message = "defect" }', writtenBy: 'endpoints' },
  FailedJobs: { pattern: '{ $.message = "job_failed" }', writtenBy: 'jobs' },
  OutgrownDirectories: { pattern: '{ $.message = "directory_outgrown" }', writtenBy: 'directory' },
  DirectoriesBehind: { pattern: '{ $.message = "directory_behind" }', writtenBy: 'directory' },
  DamagedCards: { pattern: '{ $.message = "card_damaged" }', writtenBy: 'directory' },
  // The snapshot is then younger than a day, or the directory is too small to need one.
  SoundSnapshots: {
    pattern: '{ $.message = "snapshot" && ($.outcome = "written" || $.outcome = "not_due") }',
    writtenBy: 'snapshots',
  },
};

/* The gateway's own log also has the requests that it refuses itself. There a status is a text. */
const REQUESTS = {
  Unauthenticated: '{ $.status = "401" }',
  FailedLogins: '{ $.status = "401" && $.route = "/careers/users/login" }',
  Throttled: '{ $.status = "429" }',
  Registrations: '{ $.status = "201" && $.route = "/careers/users/register" }',
};

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const namespace = `users-api-${await resolveVariable('sls:stage')}`;
  const functions = Object.entries(await resolveConfigurationProperty(['functions']));
  const isEndpoint = ([, { events }]) => typeof events === 'string' || events.some(({ http }) => http);
  const names = (found) => found.map(([name]) => name);
  const writers = {
    endpoints: names(functions.filter(isEndpoint)),
    jobs: names(functions.filter((declared) => !isEndpoint(declared))),
    directory: ['listUsers', 'writeSnapshot', 'pullDirectory'],
    snapshots: ['writeSnapshot'],
  };

  const filter = (metric, FilterPattern, LogGroupName) => ({
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName,
      FilterPattern,
      MetricTransformations: [{ MetricNamespace: namespace, MetricName: metric, MetricValue: '1' }],
    },
  });
  const ofFunctions = Object.entries(LINES).flatMap(([metric, { pattern, writtenBy }]) =>
    writers[writtenBy].map((name) => {
      const logicalName = name[0].toUpperCase() + name.slice(1);
      return [`${metric}Of${logicalName}`, filter(metric, pattern, { Ref: `${logicalName}LogGroup` })];
    }),
  );
  const ofGateway = Object.entries(REQUESTS).map(([metric, pattern]) => [
    `${metric}AtGateway`,
    filter(metric, pattern, { Ref: 'GatewayAccessLog' }),
  ]);
  return { Resources: Object.fromEntries([...ofFunctions, ...ofGateway]) };
};
