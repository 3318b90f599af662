import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { localData } from '../data.ts';
import { readOrCreateKeys } from '../keys/files.ts';
import { publicKeys } from '../keys/jwk.ts';
import { type Database, StartFailure, startDatabase } from './database.ts';
import { claimLocalData, holdLocalData } from './lock.ts';
import { whenParentEnds } from './parent.ts';
import { createTable, LOCAL_TABLE, localCredentials, type TableProperties } from './table.ts';

const DEFAULT_PORTS = { httpPort: 3000, lambdaPort: 3002 };

/** What this plugin needs of the Serverless instance. */
interface Serverless {
  serviceDir: string;
  service: {
    custom: { 'serverless-offline': Partial<Ports> };
    provider: { environment: Record<string, unknown> };
    functions: Record<string, { environment?: Record<string, unknown> }>;
    resources: { Resources: { UsersTable: { Properties: TableProperties } } };
  };
  classes: { Error: new (message: string) => Error };
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
  readonly #ports: Ports;
  readonly #data: ReturnType<typeof localData>;

  constructor(serverless: Serverless, options: Partial<Ports>) {
    this.#serverless = serverless;
    this.#ports = { ...DEFAULT_PORTS, ...serverless.service.custom['serverless-offline'], ...options };
    this.#data = localData(serverless.serviceDir);
  }

  async #start(): Promise<void> {
    endWithParent();
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
    void this.#announce();
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
    const { provider, functions, resources } = this.#serverless.service;
    await createTable(endpoint, LOCAL_TABLE, resources.Resources.UsersTable.Properties);
    const { signing_keys } = this.#data;
    const keys = await readOrCreateKeys(signing_keys);
    Object.assign(provider.environment, localCredentials, {
      TABLE_NAME: LOCAL_TABLE,
      DYNAMODB_ENDPOINT: endpoint,
      ISSUER: this.#baseUrl,
      PUBLIC_KEYS: JSON.stringify(publicKeys(keys)),
    });
    for (const { environment } of Object.values(functions)) {
      if (!environment?.SIGNING_KEYS_PARAMETER) continue;
      delete environment.SIGNING_KEYS_PARAMETER;
      environment.SIGNING_KEYS_FILE = signing_keys;
    }
  }

  get #baseUrl(): string {
    return `http://localhost:${this.#ports.httpPort}${BASE_PATH}`;
  }

  /** Tells where the service answers, as soon as it does; `serverless offline` has no hook for that moment. */
  async #announce(): Promise<void> {
    while (await isFree(Number(this.#ports.httpPort))) await sleep(100, undefined, { ref: false });
    process.stdout.write(`
  The Users API answers at ${this.#baseUrl}/

  A first request:

    curl ${this.#baseUrl}/register/ -H 'Content-Type: application/json' \\
      -d '{"username":"alice","email":"alice@example.com","password":"password123","password_confirm":"password123"}'

  Data is kept in ${this.#data.folder}; Ctrl-C stops everything.

`);
  }
}

/** Ends the service as Ctrl-C does when its parent has ended or its terminal was closed. */
function endWithParent(): void {
  const end = () => process.kill(process.pid, 'SIGTERM');
  process.once('SIGHUP', end);
  whenParentEnds(end);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, 'localhost', () => probe.close(() => done(true)));
  });
}
