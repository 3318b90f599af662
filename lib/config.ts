import * as v from 'valibot';

const present = v.pipe(v.string('is missing'), v.nonEmpty('is empty'));

const PublicKey = v.looseObject({ kty: v.literal('RSA'), kid: present, n: present, e: present });

const Environment = v.object({
  /** Name of the one table. */
  TABLE_NAME: present,
  /** Memory of the function in MB, set by Lambda; elsewhere what listUsers has. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.optional(
    v.pipe(present, v.toNumber('is no number'), v.minValue(128, 'is too small')),
    '1769',
  ),
  /** Where the database answers, when it is not AWS. */
  DYNAMODB_ENDPOINT: v.optional(v.pipe(present, v.url('is no URL'))),
  /** The public base URL without its last slash: the `iss` of our tokens. */
  ISSUER: v.pipe(present, v.url('is no URL')),
  /** The `aud` of our tokens. */
  AUDIENCE: present,
  /** The public halves of all signing keys, as a JWK set (RFC 7517, section 5). */
  PUBLIC_KEYS: v.pipe(
    present,
    v.parseJson(undefined, 'is no JSON'),
    v.object({ keys: v.pipe(v.array(PublicKey), v.nonEmpty('holds no key')) }, 'is no JWK set'),
  ),
  /** Name of the SSM parameter with the private key set; only functions that sign have it. */
  SIGNING_KEYS_PARAMETER: v.optional(present),
  /** File with the private key set; a developer's machine has it instead of the parameter. */
  SIGNING_KEYS_FILE: v.optional(present),
});

function readConfig(environment: NodeJS.ProcessEnv) {
  const result = v.safeParse(Environment, environment);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
  throw new Error(`The environment is not complete: ${problems.join('; ')}.`);
}

/** What this instance was deployed with. Throws at cold start, naming every variable at fault at once. */
export const config = readConfig(process.env);
