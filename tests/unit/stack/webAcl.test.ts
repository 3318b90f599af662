import { beforeAll, expect, test } from 'vitest';
import { readTemplate, resourcesOf, type Template } from '../../support/stack.ts';

/** The template with a web ACL of its own. */
let template: Template;

beforeAll(async () => {
  template = await readTemplate({ waf: 'true' });
}, 180_000);

const only = (type: string) => {
  const found = resourcesOf(template, type).map(([, { Properties }]) => Properties);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};

const rules = () => only('AWS::WAFv2::WebACL').Rules;

test('it stands in front of the stage, and lets in what no rule refuses', () => {
  expect(only('AWS::WAFv2::WebACL')).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
  const associations = resourcesOf(template, 'AWS::WAFv2::WebACLAssociation').filter(
    ([, { Condition }]) => !Condition,
  );
  expect(associations.map(([, { Properties, DependsOn }]) => [Properties, DependsOn])).toEqual([
    [
      {
        WebACLArn: { 'Fn::GetAtt': ['OwnWebAcl', 'Arn'] },
        ResourceArn: { 'Fn::Sub': expect.stringMatching(/\$\{ApiGatewayRestApi\}\/stages\/dev$/) },
      },
      ['GatewayStage'],
    ],
  ]);
});

test('it limits what comes from one address, and lists more than the rest', () => {
  const [all, lists] = rules()
    .filter(({ Statement }: { Statement: object }) => 'RateBasedStatement' in Statement)
    .map(({ Action, Statement }: { Action: object; Statement: { RateBasedStatement: object } }) => ({
      Action,
      ...Statement.RateBasedStatement,
    }));
  expect(all).toMatchObject({ Action: { Block: {} }, AggregateKeyType: 'IP', EvaluationWindowSec: 300 });
  expect(all.ScopeDownStatement).toBeUndefined();
  expect(lists.Limit).toBeLessThan(all.Limit);
  const ends = lists.ScopeDownStatement.OrStatement.Statements.map(
    ({ ByteMatchStatement }: { ByteMatchStatement: { SearchString: string } }) =>
      ByteMatchStatement.SearchString,
  );
  expect(ends).toEqual(['/careers/users', '/careers/users/']);
});

test('it takes the common rules of AWS, which only count where they look into what people write', () => {
  const managed = rules().flatMap(
    ({ Statement }: { Statement: { ManagedRuleGroupStatement?: object } }) =>
      Statement.ManagedRuleGroupStatement ?? [],
  );
  expect(managed).toMatchObject([{ VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' }]);
  for (const { Name, ActionToUse } of managed[0].RuleActionOverrides) {
    expect(Name).toMatch(/_(BODY|QUERYARGUMENTS|QUERYSTRING)$|^RestrictedExtensions_URIPATH$/);
    expect(ActionToUse).toEqual({ Count: {} });
  }
  const priorities = rules().map(({ Priority }: { Priority: number }) => Priority);
  expect(new Set(priorities).size).toBe(priorities.length);
});

test('it logs what it refuses, for a time, without tokens and without what was searched', () => {
  const logging = only('AWS::WAFv2::LoggingConfiguration');
  expect(logging.LoggingFilter).toMatchObject({
    DefaultBehavior: 'DROP',
    Filters: [{ Behavior: 'KEEP', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
  });
  expect(logging.RedactedFields).toEqual(
    expect.arrayContaining([{ SingleHeader: { Name: 'authorization' } }, { QueryString: {} }]),
  );
  expect(template.Resources.OwnWebAclLog?.Properties).toEqual({
    LogGroupName: 'aws-waf-logs-users-api-dev',
    RetentionInDays: 30,
  });
  for (const { VisibilityConfig } of rules()) expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
});
