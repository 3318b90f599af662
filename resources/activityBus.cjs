/*
 * Who may put events on a bus of our own, which the framework makes. On the default bus every principal of the account
 * that may put events at all can count for anybody.
 */
module.exports = async ({ resolveVariable }) => {
  const bus = await resolveVariable('self:custom.activityBus');
  if (bus === 'default') return {};
  const producer = await resolveVariable('self:custom.activityProducer');
  const Resource = {
    'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`,
  };
  const policy = (StatementId, Statement) => ({
    Type: 'AWS::Events::EventBusPolicy',
    DependsOn: logicalNameOf(bus),
    Properties: {
      EventBusName: bus,
      StatementId,
      Statement: { ...Statement, Action: 'events:PutEvents', Resource },
    },
  });
  return {
    Resources: {
      ActivityBusProducer: policy('producer', {
        Effect: 'Allow',
        Principal: { AWS: producer },
        Condition: { StringEquals: { 'events:source': 'careers.posts' } },
      }),
      ActivityBusOthers: policy('others', {
        Effect: 'Deny',
        Principal: '*',
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': producer } },
      }),
    },
  };
};

/** What the framework calls the bus of that name. */
function logicalNameOf(bus) {
  const name = bus.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return `${name[0].toUpperCase()}${name.slice(1)}EventBridgeEventBus`;
}
