import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';

const requestHandler = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

/**
 * The decrypted value of an SSM parameter, `undefined` when it has none. A file of its own, loaded by those that
 * sign and only on AWS: named imports leave the other 300 operations of SSM out of the bundle. Throws `unavailable`
 * when SSM cannot be asked now.
 */
export async function readParameter(name: string | undefined): Promise<string | undefined> {
  const parameter = new GetParameterCommand({ Name: name, WithDecryption: true });
  const client = new SSMClient({ maxAttempts: 4, requestHandler });
  return (await client.send(parameter, deadline()).catch(translateFailure)).Parameter?.Value;
}
