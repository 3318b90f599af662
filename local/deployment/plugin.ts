import { createRequire } from 'node:module';

const { HOOK, canaries, logicalName } = createRequire(import.meta.url)('../../resources/canary.cjs') as {
  HOOK: string;
  canaries: (functions: Record<string, DeclaredFunction>) => string[];
  logicalName: (name: string) => string;
};

const ALIAS = 'live';

/** A tenth of the requests goes to the new version, five minutes later all of them. */
const CONFIGURATION = 'CodeDeployDefault.LambdaCanary10Percent5Minutes';

/** What takes a deployment back while it runs. */
const ALARMS = ['ServerErrorsAlarm', 'DefectsAlarm', 'SlowAnswersAlarm'];

/** A function of serverless.yml, with what the framework notes of it while it packages. */
interface DeclaredFunction {
  name: string;
  canary?: boolean;
  versionFunction?: boolean;
  /** Where the framework makes whatever invokes the function invoke it. */
  targetAlias?: { name: string; logicalId: string };
  versionLogicalId?: string;
}

type Resource = Record<string, unknown>;

interface Serverless {
  service: {
    functions: Record<string, DeclaredFunction>;
    custom: { canary: string };
    provider: { compiledCloudFormationTemplate: { Resources: Record<string, Resource> } };
  };
  configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
}

/**
 * Deploys functions as canaries where the parameter `canary` says so: each gets a version for each of its states and an
 * alias, which is what the gateway invokes, and CodeDeploy moves that from version to version, unless the hook or an
 * alarm forbids it. The framework knows aliases, but makes them for other ends; it is told of ours in its own terms.
 */
export default class Canary {
  readonly hooks = {
    'before:package:compileFunctions': () => this.#announce(),
    'after:package:compileFunctions': () => this.#addResources(),
  };
  readonly #service: Serverless['service'];

  constructor({ service, configSchemaHandler }: Serverless) {
    this.#service = service;
    configSchemaHandler.defineFunctionProperties('aws', {
      type: 'object',
      properties: { canary: { type: 'boolean' } },
    });
  }

  get #canaries(): [name: string, declared: DeclaredFunction][] {
    const { functions, custom } = this.#service;
    if (custom.canary !== 'true') return [];
    return canaries(functions).map((name) => [name, functions[name] as DeclaredFunction]);
  }

  #announce(): void {
    for (const [name, declared] of this.#canaries) {
      declared.versionFunction = true;
      declared.targetAlias = { name: ALIAS, logicalId: `${logicalName(name)}Alias` };
    }
  }

  #addResources(): void {
    const { Resources } = this.#service.provider.compiledCloudFormationTemplate;
    for (const [name, { name: function_name, targetAlias, versionLogicalId = '' }] of this.#canaries) {
      // Versions that are not in use any more go: code is stored in a limited space, and a rollback deploys.
      delete Resources[versionLogicalId]?.DeletionPolicy;
      const group = `${logicalName(name)}DeploymentGroup`;
      Resources[group] = deploymentGroup(function_name);
      Resources[targetAlias?.logicalId ?? ''] = alias(name, versionLogicalId, group);
    }
  }
}

const alias = (name: string, version: string, group: string): Resource => ({
  Type: 'AWS::Lambda::Alias',
  Properties: {
    Name: ALIAS,
    FunctionName: { Ref: `${logicalName(name)}LambdaFunction` },
    FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
  },
  UpdatePolicy: {
    CodeDeployLambdaAliasUpdate: {
      ApplicationName: { Ref: 'CanaryApplication' },
      DeploymentGroupName: { Ref: group },
      BeforeAllowTrafficHook: { Ref: `${logicalName(HOOK)}LambdaFunction` },
    },
  },
});

const deploymentGroup = (function_name: string): Resource => ({
  Type: 'AWS::CodeDeploy::DeploymentGroup',
  Properties: {
    ApplicationName: { Ref: 'CanaryApplication' },
    DeploymentGroupName: function_name,
    ServiceRoleArn: { 'Fn::GetAtt': ['CanaryRole', 'Arn'] },
    DeploymentConfigName: CONFIGURATION,
    DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    },
    AlarmConfiguration: { Enabled: true, Alarms: ALARMS.map((name) => ({ Name: { Ref: name } })) },
  },
});
