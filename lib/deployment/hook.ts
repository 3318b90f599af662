import {
  CodeDeployClient,
  GetDeploymentCommand,
  type LifecycleEventStatus,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { deadline } from '../deadline.ts';

/** What CodeDeploy invokes a hook with. */
export const HookEvent = v.object({ DeploymentId: v.string(), LifecycleEventHookExecutionId: v.string() });

const codeDeploy = new CodeDeployClient({ maxAttempts: 4 });
const lambda = new LambdaClient({ maxAttempts: 4 });

/** The function whose traffic a deployment is about to move: its group has the function's name. */
export async function functionOf({ DeploymentId }: v.InferOutput<typeof HookEvent>): Promise<string> {
  const answer = await codeDeploy.send(new GetDeploymentCommand({ deploymentId: DeploymentId }), deadline());
  return answer.deploymentInfo?.deploymentGroupName ?? '';
}

/** Tells CodeDeploy whether traffic may move. */
export async function decide(
  { DeploymentId, LifecycleEventHookExecutionId }: v.InferOutput<typeof HookEvent>,
  status: Extract<LifecycleEventStatus, 'Succeeded' | 'Failed'>,
): Promise<void> {
  const decision = {
    deploymentId: DeploymentId,
    lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
    status,
  };
  await codeDeploy.send(new PutLifecycleEventHookExecutionStatusCommand(decision), deadline());
}

/**
 * What the newest code of a function answers to an event: before traffic moves, that is the version which it is about to
 * move to. `undefined` where it throws, or does not even start.
 */
export async function answerOf(function_name: string, event: object): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: function_name, Payload: JSON.stringify(event) });
  const { FunctionError, Payload } = await lambda.send(command, deadline());
  return FunctionError || !Payload ? undefined : JSON.parse(Payload.transformToString());
}
