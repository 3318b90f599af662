import { mkdir } from 'node:fs/promises';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { localData } from '../data.ts';
import { readOrCreateKeys } from '../keys/files.ts';
import { keyEnvironment } from '../keys/jwk.ts';
import { type Database, StartFailure, startDatabase } from './database.ts';
import { answerProblems, type Offline, startedGateway } from './gateway.ts';
import { claimLocalData, holdLocalData } from './lock.ts';
import { whenParentEnds } from './parent.ts';
import { isFree } from './ports.ts';
import { type DeclaredFunction, INTERNAL, subscribers } from './stream/lambda.ts';
import { follow } from './stream/poller.ts';
import { Positions } from './stream/positions.ts';
import { type DeliveredEvent, startEventSink } from './stream/sink.ts';
import { createTable, LOCAL_TABLE, localCredentials, type TableProperties } from './table.ts';
import { quietStart, writeRequestLines } from './terminal.ts';

const DEFAULT_PORTS = { httpPort: 3000, lambdaPort: 3002 };

/** Seconds that an instance may take to start; Lambda allows as many, beside the time of the function itself. */
const START_TIME = 10;

/** What this plugin needs of the Serverless instance. */
interface Serverless {
  serviceDir: string;
  service: {
    custom: { 'serverless-offline': Partial<Ports>; limits: Record<string, string> };
    provider: { environment: Record<string, unknown>; timeout: number };
    functions: Record<string, LocalFunction>;
    resources: { Resources: { UsersTable: { Properties: TableProperties } } };
  };
  pluginManager: { plugins: object[] };
  classes: { Error: new (message: string) => Error };
}

interface LocalFunction extends DeclaredFunction {
  environment?: Record<string, unknown>;
  timeout?: number;
}

interface Log {
  error(message: string): void;
}

interface Ports {
  httpPort: number;
  lambdaPort: number;
}

/**
 * Gives `serverless offline` what AWS gives the deployed service: a table, in an embedded database that keeps its
 * data in `.local/` (or in the folder that LOCAL_DATA names), signing keys, an event bus, and an environment that names
 * them; and feeds the functions that hang on the table's stream.
 */
export default class LocalServices {
  /** `serverless offline` and `serverless offline start` fire one of these each. */
  readonly hooks = {
    'before:offline:start': () => this.#start(),
    'before:offline:start:init': () => this.#start(),
  };
  readonly #serverless: Serverless;
  readonly #log: Log;
  readonly #ports: Ports;
  readonly #data: ReturnType<typeof localData>;

  constructor(serverless: Serverless, options: Partial<Ports>, { log }: { log: Log }) {
    this.#serverless = serverless;
    this.#log = log;
    this.#ports = { ...DEFAULT_PORTS, ...serverless.service.custom['serverless-offline'], ...options };
    this.#data = localData(serverless.serviceDir);
  }

  async #start(): Promise<void> {
    endWithParent();
    surviveCrashes(this.#log);
    const endQuiet = quietStart();
    try {
      const { folder, lock, database: file } = this.#data;
      await mkdir(folder, { recursive: true });
      await claimLocalData(lock);
      await this.#requireFreePorts();
      const database = await startDatabase({ file });
      await holdLocalData(lock, database);
      await this.#prepare(database);
      void this.#announce(endQuiet, database);
    } catch (error) {
      throw error instanceof StartFailure ? new this.#serverless.classes.Error(error.message) : error;
    }
  }

  async #requireFreePorts(): Promise<void> {
    for (const [option, port] of Object.entries({ ...this.#ports })) {
      if (!(option in DEFAULT_PORTS) || (await isFree(Number(port)))) continue;
      throw new StartFailure(
        `Port ${port} is taken: stop what listens there, or choose another one with --${option}, ` +
          `for example npm start -- --${option} ${Number(port) + 100}.`,
      );
    }
  }

  async #prepare({ endpoint }: Database): Promise<void> {
    const { provider, functions, resources, custom } = this.#serverless.service;
    const limits = Object.keys(custom.limits).map((name) => [name, process.env[name] ?? 'off']);
    await createTable(endpoint, LOCAL_TABLE, resources.Resources.UsersTable.Properties);
    const { signing_keys } = this.#data;
    const keys = await readOrCreateKeys(signing_keys);
    const bus = await startEventSink(this.#data.events, { received: writeEventLine });
    Object.assign(provider.environment, localCredentials, Object.fromEntries(limits), {
      TABLE_NAME: LOCAL_TABLE,
      DYNAMODB_ENDPOINT: endpoint,
      EVENTBRIDGE_ENDPOINT: bus.endpoint,
      SNAPSHOT_FOLDER: this.#data.snapshots,
      ISSUER: this.#baseUrl,
      // The terminal shows a line for each request already.
      POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'WARN',
      ...keyEnvironment(keys),
    });
    for (const definition of Object.values(functions)) {
      definition.timeout = (definition.timeout ?? provider.timeout) + START_TIME;
      const { environment = {} } = definition;
      // What refers to resources of the stack has no value here.
      for (const [name, value] of Object.entries(environment)) {
        if (typeof value === 'object') delete environment[name];
      }
      if (!environment.SIGNING_KEYS_PARAMETER) continue;
      delete environment.SIGNING_KEYS_PARAMETER;
      environment.SIGNING_KEYS_FILE = signing_keys;
    }
  }

  get #baseUrl(): string {
    return `http://localhost:${this.#ports.httpPort}${BASE_PATH}`;
  }

  /** Tells where the service answers, as soon as it does. */
  async #announce(endQuiet: () => void, database: Database): Promise<void> {
    const isOffline = (plugin: object): plugin is Offline => 'internals' in plugin;
    const offline = this.#serverless.pluginManager.plugins.find(isOffline);
    if (!offline) return;
    answerProblems(await startedGateway(offline));
    endQuiet();
    writeRequestLines(({ headers }) => INTERNAL in headers || 'x-amz-target' in headers);
    process.stdout.write(`
  The Users API answers at ${this.#baseUrl}/

  A first request:

    curl ${this.#baseUrl}/register/ -H 'Content-Type: application/json' \\
      -d '{"username":"alice","email":"alice@example.com","password":"password123","password_confirm":"password123"}'

  Events go to ${this.#data.events}.
  Data is kept in ${this.#data.folder}; Ctrl-C stops everything.

`);
    await this.#followStream(database);
  }

  /** Does what the event source mappings of the deployed functions do. */
  async #followStream({ endpoint }: Database): Promise<void> {
    const positions = await Positions.read(this.#data.stream_positions);
    const warn = (sentence: string) => this.#log.error(sentence);
    const { functions } = this.#serverless.service;
    for (const subscriber of subscribers(functions, Number(this.#ports.lambdaPort))) {
      follow(subscriber, { endpoint, table: LOCAL_TABLE, positions, warn });
    }
  }
}

/** Ids tell who is meant; what else an event says is in the file. */
function writeEventLine({ 'detail-type': type, detail }: DeliveredEvent): void {
  const ids = Object.entries<{ id?: number }>(detail).flatMap(([name, { id }]) =>
    id ? `${name} ${id}` : [],
  );
  process.stdout.write(`event ${type} ${ids.join(', ')}\n`);
}

/** Without a listener, an exception that no handler waits for would end the whole service, not the one instance. */
function surviveCrashes(log: Log): void {
  process.on('worker', (instance) => {
    instance.on('error', (error) => log.error(`An instance has crashed. ${error.stack}`));
  });
}

/** Ends the service as Ctrl-C does when its parent has ended or its terminal was closed. */
function endWithParent(): void {
  const end = () => process.kill(process.pid, 'SIGTERM');
  process.once('SIGHUP', end);
  whenParentEnds(end);
}
