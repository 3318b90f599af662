/*
 * A web ACL of our own in front of the stage, for whoever has none (`waf=true`): what AWS knows of bad requests, and how
 * many one address may send. Its log has what it refused, and nothing that a client keeps secret.
 */

/** Requests from one address in five minutes: all of them, and those that the directory answers. */
const RATES = { EachAddress: 6000, EachAddressLists: 1200 };

/**
 * Rules that take what people write, their passwords and names among it, for an attack. They only count: bodies and queries
 * are checked and never run, and a username may end like a file.
 */
const COUNTED = [
  ...['CrossSiteScripting', 'EC2MetaDataSSRF', 'GenericLFI', 'GenericRFI'].flatMap((attack) => [
    `${attack}_BODY`,
    `${attack}_QUERYARGUMENTS`,
  ]),
  ...['SizeRestrictions_BODY', 'SizeRestrictions_QUERYSTRING'],
  ...['RestrictedExtensions_QUERYARGUMENTS', 'RestrictedExtensions_URIPATH'],
];

const visibility = (MetricName) => ({
  CloudWatchMetricsEnabled: true,
  MetricName,
  SampledRequestsEnabled: false,
});

/** The list of users, whatever comes before the path: a stage, or nothing where there is a domain. */
const lists = {
  OrStatement: {
    Statements: ['/careers/users', '/careers/users/'].map((SearchString) => ({
      ByteMatchStatement: {
        SearchString,
        FieldToMatch: { UriPath: {} },
        PositionalConstraint: 'ENDS_WITH',
        TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      },
    })),
  },
};

const rate = (Name, Priority, scope) => ({
  Name,
  Priority,
  Action: { Block: {} },
  Statement: {
    RateBasedStatement: {
      AggregateKeyType: 'IP',
      EvaluationWindowSec: 300,
      Limit: RATES[Name],
      ...(scope && { ScopeDownStatement: scope }),
    },
  },
  VisibilityConfig: visibility(Name),
});

const commonRules = {
  Name: 'CommonRules',
  Priority: 2,
  OverrideAction: { None: {} },
  Statement: {
    ManagedRuleGroupStatement: {
      VendorName: 'AWS',
      Name: 'AWSManagedRulesCommonRuleSet',
      RuleActionOverrides: COUNTED.map((Name) => ({
        Name,
        ActionToUse: { Count: {} },
      })),
    },
  },
  VisibilityConfig: visibility('CommonRules'),
};

const isRefused = {
  Behavior: 'KEEP',
  Requirement: 'MEETS_ANY',
  Conditions: [{ ActionCondition: { Action: 'BLOCK' } }],
};

/** WAF logs no body; of the rest, what is secret, and what was searched, stays out too. */
const REDACTED = [
  ...['authorization', 'cookie', 'idempotency-key'].map((Name) => ({ SingleHeader: { Name } })),
  { QueryString: {} },
];

module.exports = async ({ resolveVariable }) => {
  if ((await resolveVariable('self:custom.waf')) !== 'true') return {};
  const stage = await resolveVariable('sls:stage');
  const arnOf = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
  return {
    Resources: {
      OwnWebAcl: {
        Type: 'AWS::WAFv2::WebACL',
        Properties: {
          Scope: 'REGIONAL',
          DefaultAction: { Allow: {} },
          Rules: [rate('EachAddress', 0), rate('EachAddressLists', 1, lists), commonRules],
          VisibilityConfig: visibility(`users-api-${stage}`),
        },
      },
      OwnWebAclAssociation: {
        Type: 'AWS::WAFv2::WebACLAssociation',
        DependsOn: 'GatewayStage',
        Properties: {
          WebACLArn: { 'Fn::GetAtt': ['OwnWebAcl', 'Arn'] },
          ResourceArn: arnOf(`apigateway:\${AWS::Region}::/restapis/\${ApiGatewayRestApi}/stages/${stage}`),
        },
      },
      // WAF takes only logs of such a name, and wants their address without the asterisk that GetAtt puts at its end.
      OwnWebAclLog: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: `aws-waf-logs-users-api-${stage}`, RetentionInDays: 30 },
      },
      OwnWebAclLogging: {
        Type: 'AWS::WAFv2::LoggingConfiguration',
        Properties: {
          ResourceArn: { 'Fn::GetAtt': ['OwnWebAcl', 'Arn'] },
          LogDestinationConfigs: [
            arnOf(`logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${OwnWebAclLog}`),
          ],
          RedactedFields: REDACTED,
          LoggingFilter: { DefaultBehavior: 'DROP', Filters: [isRefused] },
        },
      },
    },
  };
};
