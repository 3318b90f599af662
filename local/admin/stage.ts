import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { AdminRefused } from './usage.ts';

/** Where a deployed stage is. */
export interface Stage {
  stage: string;
  region?: string | undefined;
  /** The name of its table, where there are several. */
  table?: string | undefined;
}

/**
 * Makes lib/ work on the table of a deployed stage, with the rights of whoever calls: lib/ reads its environment when it is
 * loaded, so before that.
 */
export async function useStage({ stage, region, table }: Stage): Promise<void> {
  if (region) process.env.AWS_REGION = region;
  const parameter = readerOf(`/users-api/${stage}`);
  Object.assign(process.env, {
    TABLE_NAME: table ?? (await findTable(stage)),
    PUBLIC_KEYS: await parameter('public-keys'),
    PSEUDONYM_SECRET: await parameter('pseudonym-secret'),
    // Of tokens, which nobody gets here.
    ISSUER: 'https://users-api.invalid',
    AUDIENCE: 'none',
  });
}

/** The one table that the stack of that stage has made. */
async function findTable(stage: string): Promise<string> {
  const prefix = `users-api-${stage}-UsersTable-`;
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client: new DynamoDBClient({}) }, {})) {
    found.push(...TableNames.filter((name) => name.startsWith(prefix)));
  }
  const [name, ...others] = found;
  if (!name)
    throw new AdminRefused(`There is no table ${prefix}…. Is this the right stage, and the right region?`);
  if (others.length > 0)
    throw new AdminRefused(`There are several tables, ${found.join(', ')}: name one with --table.`);
  return name;
}

function readerOf(path: string) {
  const client = new SSMClient({});
  return async (name: string): Promise<string> => {
    try {
      const command = new GetParameterCommand({ Name: `${path}/${name}`, WithDecryption: true });
      return (await client.send(command)).Parameter?.Value ?? '';
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
      throw new AdminRefused(
        `There is no parameter ${path}/${name}. Is this the right stage, and the right region?`,
      );
    }
  };
}
