import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../../local/service/loopback.ts';

/** A parameter as it was put. */
interface Parameter {
  Name: string;
  Value: string;
  Type?: string;
  Version?: number;
}

/** A server that keeps parameters as SSM does: as far as the two calls that we make. */
export interface ParameterStore {
  /** What makes the SDK ask this server. */
  environment: { AWS_ENDPOINT_URL_SSM: string };
  /** All that were put, the newest last. */
  parameters: Parameter[];
  /** Every call so far, as SSM names it. */
  calls: string[];
  /** Answers instead of the store, while set. */
  instead: RequestListener | undefined;
  /** Hears of every call before it is carried out, while set. */
  before: ((operation: string) => void) | undefined;
  stop(): Promise<void>;
}

export async function startParameterStore(): Promise<ParameterStore> {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AmazonSSM.', '');
    store.calls.push(operation);
    if (store.instead) return store.instead(request, response);
    const input = JSON.parse(Buffer.concat(await request.toArray()).toString());
    store.before?.(operation);
    const found = store.parameters.findLast(({ Name }) => Name === input.Name);
    if (operation === 'PutParameter') {
      if (found && !input.Overwrite) return answer(response, 400, { __type: 'ParameterAlreadyExists' });
      const Version = (found?.Version ?? 0) + 1;
      store.parameters.push({ ...input, Version });
      return answer(response, 200, { Version });
    }
    answer(response, found ? 200 : 400, found ? { Parameter: found } : { __type: 'ParameterNotFound' });
  });
  const { endpoint, stop } = await listenOnLoopback(server);
  const store: ParameterStore = {
    environment: { AWS_ENDPOINT_URL_SSM: endpoint },
    parameters: [],
    calls: [],
    instead: undefined,
    before: undefined,
    stop,
  };
  return store;
}

/** Answers with an error of that type. */
export const refusing =
  (status: number, __type: string): RequestListener =>
  (_, response) =>
    answer(response, status, { __type, message: 'A refusal that a test asked for' });

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
