import * as v from 'valibot';
import { ALGORITHM, KEY_TYPE } from './tokenRules.ts';

const present = v.pipe(v.string(), v.nonEmpty('is empty'));

/** A public key of ours (RFC 7517, section 4). */
export const PublicKey = v.object({
  kty: v.literal(KEY_TYPE, `is no ${KEY_TYPE} key`),
  kid: present,
  use: v.literal('sig', 'is not for signatures'),
  alg: v.literal(ALGORITHM, `is not for ${ALGORITHM}`),
  n: present,
  e: present,
});

/** A public key as it is deployed. A private one is refused: what is here is published. */
const DeployedKey = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((key) => !('d' in key), 'is a private key'),
  v.transform((key) => ({ use: 'sig', alg: ALGORITHM, ...key })),
  PublicKey,
);

/** How often something may happen; `off` for no limit. */
const limit = v.optional(
  v.pipe(
    v.union([
      v.literal('off'),
      v.pipe(
        v.string(),
        v.toNumber('is no number'),
        v.safeInteger('is no integer'),
        v.minValue(1, 'is below 1'),
      ),
    ]),
    v.transform((times) => (times === 'off' ? Number.POSITIVE_INFINITY : times)),
  ),
  'off',
);

/** A whole number from 0 up, 0 unless given. */
const amount = v.optional(
  v.pipe(present, v.toNumber('is no number'), v.safeInteger('is no integer'), v.minValue(0, 'is below 0')),
  '0',
);

/** What may be left empty, as a parameter of the deployment that was not given is. */
const optionalText = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text || undefined),
  ),
);

/** The cost of passwords where people register, and the lowest one allowed there. */
const REAL_COST = 10;

const Settings = v.object(
  {
    /** Name of the one table. */
    TABLE_NAME: present,
    /** Memory of the function in MB, set by Lambda; elsewhere what listUsers has. */
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.optional(
      v.pipe(present, v.toNumber('is no number'), v.minValue(128, 'is too small')),
      '1769',
    ),
    /** Name of the SSM parameter with the secret of the directory's PostgreSQL, for functions that use it. */
    DIRECTORY_DATABASE_PARAMETER: v.optional(present),
    /** Address of that database; a developer's machine has it instead of the parameter. */
    DIRECTORY_DATABASE: v.optional(present),
    /** How this instance came to be, set by Lambda. */
    AWS_LAMBDA_INITIALIZATION_TYPE: v.optional(present, 'on-demand'),
    /** Storage of listUsers and writeSnapshot for their files, in MB. */
    DIRECTORY_STORAGE: v.optional(
      v.pipe(present, v.toNumber('is no number'), v.minValue(512, 'is too small')),
      '4096',
    ),
    /** The bucket that has the snapshots of the directory. */
    SNAPSHOT_BUCKET: v.optional(present),
    /** The folder that has them on a developer's machine. */
    SNAPSHOT_FOLDER: v.optional(present),
    /** Where S3 answers, when it is not AWS. */
    S3_ENDPOINT: v.optional(v.pipe(present, v.url('is no URL'))),
    /** Where the database answers, when it is not AWS. */
    DYNAMODB_ENDPOINT: v.optional(v.pipe(present, v.url('is no URL'))),
    /** Where CloudWatch puts the metrics in log lines; without it there are none. */
    METRICS_NAMESPACE: v.optional(present),
    /** The event bus that events go out on: the account's default one unless said. */
    EVENT_BUS: v.optional(present),
    /** URL of the queue that notes what cannot be told; without one it is only logged. */
    EVENT_DEAD_LETTERS: v.optional(v.pipe(present, v.url('is no URL'))),
    /** Where EventBridge answers, when it is not AWS. */
    EVENTBRIDGE_ENDPOINT: v.optional(v.pipe(present, v.url('is no URL'))),
    /** Whom mail comes from, `Careers <no-reply@example.com>`; without it, or without APP_URL, none is sent. */
    MAIL_FROM: optionalText,
    /** Where the app answers, without a last slash: links in mails begin with it. */
    APP_URL: optionalText,
    /** URL of the queue that notes which mails cannot go; without one they are only logged. */
    MAIL_DEAD_LETTERS: v.optional(v.pipe(present, v.url('is no URL'))),
    /** Where SES answers, when it is not AWS. */
    SES_ENDPOINT: v.optional(v.pipe(present, v.url('is no URL'))),
    /** What new passwords must be: see passwordRules.ts. */
    PASSWORDS: v.optional(v.picklist(['default', 'strict'], 'is neither default nor strict'), 'default'),
    /** The public base URL without its last slash: the `iss` of our tokens. */
    ISSUER: v.pipe(present, v.url('is no URL'), v.regex(/[^/]$/, 'ends in a slash')),
    /** The `aud` of our access tokens. */
    AUDIENCE: present,
    /** The public halves of all signing keys, as a JWK set (RFC 7517, section 5). The first one signs. */
    PUBLIC_KEYS: v.pipe(
      present,
      v.parseJson(undefined, 'is no JSON'),
      v.object({ keys: v.pipe(v.array(DeployedKey), v.nonEmpty('holds no key')) }, 'is no JWK set'),
    ),
    /** What pseudonyms are made with; see pseudonym.ts. */
    PSEUDONYM_SECRET: v.pipe(present, v.minLength(16, 'has fewer than 16 characters')),
    /** bcrypt's work factor: two to the power of this many rounds. */
    PASSWORD_COST: v.optional(
      v.pipe(
        present,
        v.toNumber('is no number'),
        v.integer('is no integer'),
        v.minValue(4, 'is below 4'),
        v.maxValue(31, 'is above 31'),
      ),
      String(REAL_COST),
    ),
    /** Registrations from one IPv4 address, and one /64 or /48 network. */
    REGISTRATIONS_PER_HOUR: limit,
    REGISTRATIONS_PER_DAY: limit,
    /** Changes of one profile in ten minutes. */
    PROFILE_CHANGES: limit,
    /** Forgotten passwords from one IPv4 address, and one /64 or /48 network. */
    FORGOTTEN_PER_HOUR: limit,
    /** Mails of one kind to one account, and to one address. */
    MAILS_PER_HOUR: limit,
    /** Follows of one user in a day, undone or not. */
    FOLLOWS_PER_DAY: limit,
    /** Reports by one user in a day. */
    REPORTS_PER_DAY: limit,
    /** Failed logins from one /48 network in one window. */
    NETWORK_FAILURES: limit,
    /** What the dearest imported password hashes take: iterations of PBKDF2, and the cost of bcrypt. */
    IMPORTED_ITERATIONS: amount,
    IMPORTED_COST: amount,
    /** Name of the SSM parameter with the private key set; only functions that sign have it. */
    SIGNING_KEYS_PARAMETER: v.optional(present),
    /** File with the private key set; a developer's machine has it instead of the parameter. */
    SIGNING_KEYS_FILE: v.optional(present),
  },
  'is missing',
);

const Environment = v.pipe(
  Settings,
  v.forward(
    v.partialCheck(
      [['PASSWORD_COST'], ['DYNAMODB_ENDPOINT']],
      ({ PASSWORD_COST, DYNAMODB_ENDPOINT }) => PASSWORD_COST >= REAL_COST || DYNAMODB_ENDPOINT !== undefined,
      `is below ${REAL_COST} where the database is that of AWS`,
    ),
    ['PASSWORD_COST'],
  ),
);

function readConfig(environment: NodeJS.ProcessEnv) {
  const result = v.safeParse(Environment, environment);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
  throw new Error(`The environment is not complete: ${problems.join('; ')}.`);
}

/** What this instance was deployed with. Throws at cold start, naming every variable at fault at once. */
export const config = readConfig(process.env);
