import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../../local/service/loopback.ts';

/**
 * What can go wrong between the service and the database: the database is busy with a `conflict`, asks for fewer
 * calls (`throttle`), fails (`error`), never answers (`hang`), the connection breaks before it heard of the call
 * (`reset`), or after it carried the call out (`lost`). Or the service asks for nonsense (`nonsense`), and the database
 * quotes it.
 */
export type Fault = 'conflict' | 'throttle' | 'error' | 'hang' | 'reset' | 'lost' | 'nonsense';

/** One call of the service to the database. */
export interface Call {
  /** As the database names it: `GetItem`. */
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: they differ by operation, and tests reach into those of one
  parameters: any;
}

/** Stands between the service and the database. */
export interface FaultProxy {
  endpoint: string;
  /** Where the database is; may change while the proxy runs. */
  database: string;
  /** Decides for each call what goes wrong, at once or after something else has happened; nothing until set. */
  fault: (call: Call) => Fault | undefined | Promise<Fault | undefined>;
  /** Every call so far, in order. */
  calls: Call[];
  stop(): Promise<void>;
}

/** Starts a proxy in front of a database. */
export async function startFaultProxy(database: string): Promise<FaultProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming);
    const call: Call = {
      operation: String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '',
      parameters: body.length > 0 ? JSON.parse(body.toString()) : {},
    };
    proxy.calls.push(call);
    const fault = await proxy.fault(call);
    if (fault === 'hang') return;
    if (fault === 'reset') incoming.socket.destroy();
    else if (fault === 'lost') forward(proxy.database, incoming, body, () => incoming.socket.destroy());
    else if (fault) refuse(outgoing, refusal(fault, call));
    else
      forward(proxy.database, incoming, body, (answer) => {
        if (answer) outgoing.writeHead(answer.status, answer.headers).end(answer.body);
        else incoming.socket.destroy();
      });
  });
  const proxy: FaultProxy = {
    ...(await listenOnLoopback(server)),
    database,
    fault: () => undefined,
    calls: [],
  };
  return proxy;
}

interface Forwarded {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

function forward(
  database: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  then: (answer: Forwarded | undefined) => void,
): void {
  const onward = request(new URL(url ?? '/', database), { method, headers }, async (answer) => {
    const received = await readBody(answer).catch(() => undefined);
    then(received && { status: answer.statusCode ?? 502, headers: answer.headers, body: received });
  });
  onward.once('error', () => then(undefined));
  onward.end(body);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface Refusal {
  status: number;
  type: string;
  message?: string;
  CancellationReasons?: { Code: string }[];
}

/** What DynamoDB answers; inside a transaction it names the reason for each part. */
function refusal(fault: Exclude<Fault, 'hang' | 'reset' | 'lost'>, { operation, parameters }: Call): Refusal {
  if (fault === 'nonsense') {
    return { status: 400, type: 'ValidationException', message: JSON.stringify(parameters) };
  }
  if (fault === 'error') return { status: 500, type: 'InternalServerError' };
  if (operation === 'TransactWriteItems') {
    const [first, ...others] = parameters.TransactItems;
    const Code = fault === 'conflict' ? 'TransactionConflict' : 'ThrottlingError';
    const reasons = [{ Code }, ...others.map(() => ({ Code: 'None' }))];
    if (first) return { status: 400, type: 'TransactionCanceledException', CancellationReasons: reasons };
  }
  const isWrite = /^(Put|Update|Delete)Item$/.test(operation);
  if (fault === 'conflict' && isWrite) return { status: 400, type: 'TransactionConflictException' };
  return { status: 400, type: 'ProvisionedThroughputExceededException' };
}

function refuse(outgoing: ServerResponse, refused: Refusal): void {
  const { status, type, message = 'A fault that a test asked for', CancellationReasons } = refused;
  const __type = `com.amazonaws.dynamodb.v20120810#${type}`;
  outgoing
    .writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify({ __type, message, ...(CancellationReasons && { CancellationReasons }) }));
}
