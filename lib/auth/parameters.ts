import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/**
 * The decrypted value of an SSM parameter, `undefined` when it has none. A file of its own, loaded by those that
 * sign and only on AWS: named imports leave the other 300 operations of SSM out of the bundle.
 */
export async function readParameter(name: string | undefined): Promise<string | undefined> {
  const parameter = new GetParameterCommand({ Name: name, WithDecryption: true });
  return (await new SSMClient().send(parameter)).Parameter?.Value;
}
