import { readFile } from 'node:fs/promises';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { BASE_PATH } from '../lib/http/routes.ts';
import { localData } from './data.ts';
import { keyEnvironment } from './keys/jwk.ts';
import { StartFailure } from './service/database.ts';
import { findLocalDatabase } from './service/lock.ts';
import { LOCAL_TABLE, localCredentials } from './service/table.ts';

/** What a command works on: the local service unless a stage is named. */
export interface Place {
  stage?: string | undefined;
  region?: string | undefined;
  /** The name of the table, where it is not the one of the stack. */
  table?: string | undefined;
}

/** The options with which a command is told its place, for `parseArgs`. */
export const PLACE_OPTIONS = {
  stage: { type: 'string' },
  region: { type: 'string' },
  table: { type: 'string' },
} as const;

/**
 * Makes lib/ work on the table of that place; lib/ reads its environment when it is loaded, so load it afterwards.
 * Throws {@link StartFailure} where there is none.
 */
export function usePlace({ stage, region, table }: Place): Promise<void> {
  return stage === undefined ? useLocalTable(table) : useStage(stage, region, table);
}

/** The table of the running local service, or another one in its database. */
export async function useLocalTable(TABLE_NAME = process.env.TABLE_NAME ?? LOCAL_TABLE): Promise<void> {
  const { lock, signing_keys } = localData();
  const endpoint = process.env.DYNAMODB_ENDPOINT ?? (await findLocalDatabase(lock));
  if (!endpoint) throw new StartFailure('The Users API is not running here: start it first, with npm start.');
  const keys = JSON.parse(await readFile(signing_keys, 'utf8'));
  Object.assign(process.env, localCredentials, {
    TABLE_NAME,
    DYNAMODB_ENDPOINT: endpoint,
    ISSUER: `http://localhost${BASE_PATH}`,
    AUDIENCE: 'careers',
    ...keyEnvironment(keys),
  });
}

/** The table of a deployed stage, with the credentials of the environment. */
async function useStage(stage: string, region: string | undefined, table: string | undefined): Promise<void> {
  if (region) process.env.AWS_REGION = region;
  const read = readerOf(`/users-api/${stage}`);
  Object.assign(process.env, {
    TABLE_NAME: table ?? (await findTable(stage)),
    // Nothing is signed or verified here.
    ISSUER: `https://${stage}.invalid${BASE_PATH}`,
    AUDIENCE: 'careers',
    PUBLIC_KEYS: await read('public-keys'),
    PSEUDONYM_SECRET: await read('pseudonym-secret'),
  });
}

function readerOf(path: string) {
  const ssm = new SSMClient();
  return async (name: string): Promise<string | undefined> => {
    try {
      const command = new GetParameterCommand({ Name: `${path}/${name}`, WithDecryption: true });
      return (await ssm.send(command)).Parameter?.Value;
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
      throw new StartFailure(
        `There is no parameter ${path}/${name}. Is this the right stage, and the right region?`,
      );
    }
  };
}

/** The table that the stack of a stage has made: CloudFormation names it. */
async function findTable(stage: string): Promise<string> {
  const prefix = `users-api-${stage}-UsersTable-`;
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client: new DynamoDBClient() }, {})) {
    found.push(...TableNames.filter((name) => name.startsWith(prefix)));
  }
  const [name] = found;
  if (name === undefined || found.length > 1) {
    throw new StartFailure(
      found.length === 0
        ? `There is no table ${prefix}…. Is this the right stage, and the right region?`
        : `There are several tables, ${found.join(', ')}: name one with --table.`,
    );
  }
  return name;
}
