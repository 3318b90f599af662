import type { PoolConfig } from 'pg';
import * as v from 'valibot';
import { readParameter } from '../../auth/parameters.ts';
import { config } from '../../config.ts';
import { Defect } from '../../problems.ts';

/** Who may use the database, as RDS keeps it in its secrets. */
const Secret = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    host: v.string(),
    port: v.optional(v.number(), 5432),
    dbname: v.string(),
    username: v.string(),
    password: v.string(),
  }),
);

/**
 * Where the directory's database is, and as whom this function uses it: on a developer's machine an address, on AWS a
 * secret, by the name of the parameter that has it. Each new connection but the first reads the secret anew, for its
 * password may have been changed.
 */
export async function readAccess(): Promise<PoolConfig> {
  if (config.DIRECTORY_DATABASE) return { connectionString: config.DIRECTORY_DATABASE };
  let known: string | undefined;
  const { host, port, dbname: database, username: user, password } = await readSecret();
  known = password;
  return {
    ...{ host, port, database, user, ssl: true },
    async password() {
      const given = known ?? (await readSecret()).password;
      known = undefined;
      return given;
    },
  };
}

async function readSecret() {
  const secret = v.safeParse(Secret, await readParameter(config.DIRECTORY_DATABASE_PARAMETER));
  if (secret.success) return secret.output;
  throw new Defect('The parameter DIRECTORY_DATABASE_PARAMETER holds no access to a database.');
}
