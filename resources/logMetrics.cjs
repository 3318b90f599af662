/*
 * What CloudWatch counts in the gateway's log, for the alarms of alarms.yml: it also has the requests that the gateway
 * refuses itself. Lines of functions bring their metrics with them (lib/metrics.ts). There a status is a text.
 */
const REQUESTS = {
  Unauthenticated: '{ $.status = "401" }',
  FailedLogins: '{ $.status = "401" && $.route = "/careers/users/login" }',
  Throttled: '{ $.status = "429" }',
  Registrations: '{ $.status = "201" && $.route = "/careers/users/register" }',
};

module.exports = async ({ resolveVariable }) => {
  const MetricNamespace = `users-api-${await resolveVariable('sls:stage')}`;
  const filters = Object.entries(REQUESTS).map(([MetricName, FilterPattern]) => [
    `${MetricName}AtGateway`,
    {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: { Ref: 'GatewayAccessLog' },
        FilterPattern,
        MetricTransformations: [{ MetricNamespace, MetricName, MetricValue: '1' }],
      },
    },
  ]);
  return { Resources: Object.fromEntries(filters) };
};
