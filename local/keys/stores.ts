import { randomBytes } from 'node:crypto';
import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  type ParameterType,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { readKeys, writeKeys } from './files.ts';
import { publicKeys } from './jwk.ts';
import { type KeyRing, RotationRefused } from './rotation.ts';

/** The keys as they were read, and a number for that state of them: 0 where there were none. */
interface ReadRing {
  ring: KeyRing;
  version: number;
}

/** Where the keys of a stage are kept. */
export interface KeyStore {
  /** For a person to read. */
  name: string;
  /** The keys are somewhere else: where there are none, it may be the wrong place. */
  is_remote: boolean;
  read(): Promise<ReadRing>;
  /** Replaces the keys that were read; refuses where somebody else has changed them meanwhile. */
  write(ring: KeyRing, read: ReadRing): Promise<void>;
}

/** The keys of the local service; public halves are made from them at every start. */
export function fileStore(file: string): KeyStore {
  return {
    name: file,
    is_remote: false,
    read: async () => ({ ring: (await readKeys(file))?.keys ?? [], version: 0 }),
    write: (ring) => writeKeys(file, { keys: [...ring] }),
  };
}

/**
 * The keys of a deployed stage in SSM Parameter Store: the private set as a SecureString that only signing functions
 * may read, the public set as a String that every deployment reads. Beside them a secret for pseudonyms, made with the
 * first keys and never changed.
 */
export function parameterStore(stage: string, region: string | undefined): KeyStore {
  const client = new SSMClient({ ...(region && { region }) });
  const name = `/users-api/${stage}`;
  const signingKeys = `${name}/signing-keys`;

  const read = async (): Promise<ReadRing> => {
    try {
      const command = new GetParameterCommand({ Name: signingKeys, WithDecryption: true });
      const { Value = '', Version = 0 } = (await client.send(command)).Parameter ?? {};
      return { ring: JSON.parse(Value).keys, version: Version };
    } catch (error) {
      if (error instanceof ParameterNotFound) return { ring: [], version: 0 };
      throw error;
    }
  };

  /** The version that the parameter has now; `undefined` where it exists and must not be replaced. */
  const put = async (Name: string, Type: ParameterType, Value: string, { replaces = true } = {}) => {
    // Three private keys are more than a standard parameter holds.
    const settings = { Type, Overwrite: replaces, Tier: 'Intelligent-Tiering' } as const;
    try {
      return (await client.send(new PutParameterCommand({ Name, Value, ...settings }))).Version;
    } catch (error) {
      if (error instanceof ParameterAlreadyExists) return undefined;
      throw error;
    }
  };

  return {
    name: `the parameters below ${name}`,
    is_remote: true,
    read,
    // The private half first: a deployment in between finds every key that its public set may put first.
    write: async (ring, { version }) => {
      if ((await read()).version !== version) throw overtaken();
      const text = JSON.stringify({ keys: ring });
      const written = await put(signingKeys, 'SecureString', text, { replaces: version > 0 });
      if (written === undefined) throw overtaken();
      // SSM knows no condition on a version; it tells afterwards which one it has written.
      if (written !== version + 1) throw collided(signingKeys, written - 1);
      await put(`${name}/public-keys`, 'String', JSON.stringify(publicKeys({ keys: [...ring] })));
      await put(`${name}/pseudonym-secret`, 'String', randomBytes(32).toString('base64url'), {
        replaces: false,
      });
    },
  };
}

const overtaken = () =>
  new RotationRefused(
    'Somebody else has just changed the keys. Nothing was written: see list, then try again.',
  );

const collided = (parameter: string, theirs: number) =>
  new RotationRefused(
    `Somebody else changed the keys in the same instant, and was overwritten: version ${theirs} of ${parameter} is ` +
      'theirs. The public keys were not written. Settle which state is right before anybody deploys.',
  );
