import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { readKeys, writeKeys } from './files.ts';
import { publicKeys } from './jwk.ts';
import type { KeyRing } from './rotation.ts';

/** Where the keys of a stage are kept. */
export interface KeyStore {
  /** For a person to read. */
  name: string;
  read(): Promise<KeyRing>;
  write(ring: KeyRing): Promise<void>;
}

/** The keys of the local service; public halves are made from them at every start. */
export function fileStore(file: string): KeyStore {
  return {
    name: file,
    read: async () => (await readKeys(file))?.keys ?? [],
    write: (ring) => writeKeys(file, { keys: [...ring] }),
  };
}

/**
 * The keys of a deployed stage in SSM Parameter Store: the private set as a SecureString that only signing functions
 * may read, the public set as a String that every deployment reads.
 */
export function parameterStore(stage: string, region: string | undefined): KeyStore {
  const client = new SSMClient({ ...(region && { region }) });
  const name = `/users-api/${stage}`;
  const put = (parameter: string, Type: 'SecureString' | 'String', ring: KeyRing) =>
    client.send(
      new PutParameterCommand({
        Name: `${name}/${parameter}`,
        Value: JSON.stringify(Type === 'String' ? publicKeys({ keys: [...ring] }) : { keys: ring }),
        Type,
        Overwrite: true,
        // Three private keys are more than a standard parameter holds.
        Tier: 'Intelligent-Tiering',
      }),
    );
  return {
    name: `the parameters below ${name}`,
    read: async () => {
      try {
        const command = new GetParameterCommand({ Name: `${name}/signing-keys`, WithDecryption: true });
        return JSON.parse((await client.send(command)).Parameter?.Value ?? '').keys;
      } catch (error) {
        if (error instanceof ParameterNotFound) return [];
        throw error;
      }
    },
    // The private half first: a deployment in between finds every key that its public set may put first.
    write: async (ring) => {
      await put('signing-keys', 'SecureString', ring);
      await put('public-keys', 'String', ring);
    },
  };
}
