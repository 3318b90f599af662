import { createServer, type ServerResponse } from 'node:http';
import { type Loopback, listenOnLoopback } from '../../local/service/loopback.ts';

/** CodeDeploy and Lambda, as far as a hook of a deployment calls them, over HTTP. */
export interface Deployments extends Loopback {
  /** What makes the SDK ask here instead of AWS. */
  environment: Record<string, string>;
  /** Every call so far, as AWS names its right. */
  calls: string[];
  /** What was decided, by deployment. */
  decisions: Record<string, string>;
}

/**
 * Starts with deployments that are each of one group, by their ids; `invoke` answers for the functions, and throws where
 * a function would.
 */
export async function startDeployments(
  groups: Record<string, string>,
  invoke: (function_name: string, event: unknown) => Promise<unknown>,
): Promise<Deployments> {
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const [, function_name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '') ?? [];
    if (function_name) {
      deployments.calls.push('lambda InvokeFunction');
      try {
        return answer(response, await invoke(decodeURIComponent(function_name), JSON.parse(text)));
      } catch (error) {
        response.setHeader('X-Amz-Function-Error', 'Unhandled');
        return answer(response, { errorMessage: String(error) });
      }
    }
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    deployments.calls.push(`codedeploy ${operation}`);
    const { deploymentId, status } = JSON.parse(text);
    if (operation === 'GetDeployment') {
      return answer(response, {
        deploymentInfo: { deploymentId, deploymentGroupName: groups[deploymentId] },
      });
    }
    deployments.decisions[deploymentId] = status;
    answer(response, {});
  });
  const loopback = await listenOnLoopback(server);
  const deployments: Deployments = {
    ...loopback,
    environment: {
      AWS_ENDPOINT_URL_CODEDEPLOY: loopback.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: loopback.endpoint,
    },
    calls: [],
    decisions: {},
  };
  return deployments;
}

function answer(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
