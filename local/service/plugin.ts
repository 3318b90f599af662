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
    functions: Record<string, { environment?: Record<string, unknown>; timeout?: number }>;
    resources: { Resources: { UsersTable: { Properties: TableProperties } } };
  };
  pluginManager: { plugins: object[] };
  classes: { Error: new (message: string) => Error };
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
 * data in `.local/` (or in the folder that LOCAL_DATA names), signing keys, and an environment that names both.
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
    } catch (error) {
      throw error instanceof StartFailure ? new this.#serverless.classes.Error(error.message) : error;
    }
    void this.#announce(endQuiet);
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
    Object.assign(provider.environment, localCredentials, Object.fromEntries(limits), {
      TABLE_NAME: LOCAL_TABLE,
      DYNAMODB_ENDPOINT: endpoint,
      ISSUER: this.#baseUrl,
      // The terminal shows a line for each request already.
      POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'WARN',
      ...keyEnvironment(keys),
    });
    for (const definition of Object.values(functions)) {
      definition.timeout = (definition.timeout ?? provider.timeout) + START_TIME;
      const { environment } = definition;
      if (!environment?.SIGNING_KEYS_PARAMETER) continue;
      delete environment.SIGNING_KEYS_PARAMETER;
      environment.SIGNING_KEYS_FILE = signing_keys;
    }
  }

  get #baseUrl(): string {
    return `http://localhost:${this.#ports.httpPort}${BASE_PATH}`;
  }

  /** Tells where the service answers, as soon as it does. */
  async #announce(endQuiet: () => void): Promise<void> {
    const isOffline = (plugin: object): plugin is Offline => 'internals' in plugin;
    const offline = this.#serverless.pluginManager.plugins.find(isOffline);
    if (!offline) return;
    answerProblems(await startedGateway(offline));
    endQuiet();
    writeRequestLines();
    process.stdout.write(`
  The Users API answers at ${this.#baseUrl}/

  A first request:

    curl ${this.#baseUrl}/register/ -H 'Content-Type: application/json' \\
      -d '{"username":"alice","email":"alice@example.com","password":"password123","password_confirm":"password123"}'

  Data is kept in ${this.#data.folder}; Ctrl-C stops everything.

`);
  }
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
