/*
 * Changes the deployment that the framework makes, whose name is new each time. It gets no stage: gateway.yml defines
 * that as a resource of its own, the only form in which CloudFormation can update a stage's settings. And it waits for
 * the gateway responses, for it is a copy of the API as it stands at that moment.
 */
const responses = require('./gatewayResponses.cjs');

module.exports = async ({ resolveVariable }) => ({
  extensions: {
    [`ApiGatewayDeployment${await resolveVariable('sls:instanceId')}`]: {
      Properties: { StageName: { Ref: 'AWS::NoValue' } },
      DependsOn: Object.keys(responses.Resources),
    },
  },
});
