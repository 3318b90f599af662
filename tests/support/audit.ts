import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { localCredentials } from '../../local/table.ts';

// biome-ignore lint/suspicious/noExplicitAny: an item of any kind
type Item = Record<string, any>;

function connect(endpoint: string): DynamoDBDocumentClient {
  const credentials = {
    accessKeyId: localCredentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: localCredentials.AWS_SECRET_ACCESS_KEY,
  };
  const client = new DynamoDBClient({ endpoint, region: localCredentials.AWS_REGION, credentials });
  return DynamoDBDocumentClient.from(client);
}

/** Deletes an account as docs/operations.md tells an operator to: the service itself deletes none. */
export async function deleteAccount(
  endpoint: string,
  TableName: string,
  { id, username, email }: { id: number; username: string; email: string },
): Promise<void> {
  const PK = `USER#${username.toLowerCase()}`;
  const keys = [
    { PK, SK: '#COUNT#00' },
    { PK, SK: '#PROFILE' },
    { PK: `USER_ID#${id}`, SK: 'USER_ID' },
    { PK: `EMAIL#${email.toLowerCase()}`, SK: 'EMAIL' },
  ];
  const documents = connect(endpoint);
  const deletions = keys.map((Key) => ({ DeleteRequest: { Key } }));
  await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: deletions } }));
  documents.destroy();
}

/** Takes an attribute away from a user's item, as no write of the service ever does. */
export async function damageUser(
  endpoint: string,
  TableName: string,
  { username, attribute }: { username: string; attribute: string },
): Promise<void> {
  const documents = connect(endpoint);
  await documents.send(
    new UpdateCommand({
      TableName,
      Key: { PK: `USER#${username.toLowerCase()}`, SK: '#PROFILE' },
      UpdateExpression: 'REMOVE #attribute',
      ExpressionAttributeNames: { '#attribute': attribute },
    }),
  );
  documents.destroy();
}

/** Every item of the table, read past every layer of the service. */
export async function readTable(endpoint: string, TableName: string): Promise<Item[]> {
  const documents = connect(endpoint);
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const scan = new ScanCommand({
      TableName,
      ConsistentRead: true,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    const page = await documents.send(scan);
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  documents.destroy();
  return items;
}

/**
 * What does not fit together in a table, one sentence each: users without their claims, claims without their user,
 * counts that disagree with the edges, ids given twice.
 */
export function findContradictions(items: readonly Item[]): string[] {
  const keyed = new Map(items.map((item) => [`${item.PK} ${item.SK}`, item]));
  const users = items.filter(({ SK }) => SK === '#PROFILE');
  const edges = items.filter(({ SK }) => String(SK).startsWith('FOLLOWS#'));
  const userOf = (name: unknown) => keyed.get(`USER#${String(name).toLowerCase()} #PROFILE`);
  const found: string[] = [];
  const check = (holds: unknown, sentence: string) => {
    if (!holds) found.push(sentence);
  };

  for (const { PK, id, username, email } of users) {
    const stripes = items.filter((item) => item.PK === PK && String(item.SK).startsWith('#COUNT#'));
    const count = (name: string) => stripes.reduce((sum, stripe) => sum + (stripe[name] ?? 0), 0);
    const following = edges.filter((edge) => edge.PK === PK).length;
    const followers = edges.filter((edge) => edge.following === id).length;
    check(keyed.get(`USER_ID#${id} USER_ID`)?.username === username, `${username} has no claim on id ${id}`);
    const claim = keyed.get(`EMAIL#${String(email).toLowerCase()} EMAIL`);
    check(claim?.username === username, `${username} has no claim on the email address`);
    check(keyed.get(`${PK} #COUNT#00`)?.id === id, `${username} has no account`);
    check(
      count('following_count') === following,
      `${username} counts ${count('following_count')} following, not ${following}`,
    );
    check(
      count('followers_count') === followers,
      `${username} counts ${count('followers_count')} followers, not ${followers}`,
    );
  }
  for (const { PK, SK, username } of items.filter(({ SK }) => SK === 'EMAIL' || SK === 'USER_ID')) {
    const user = userOf(username);
    const claimed = SK === 'EMAIL' ? `EMAIL#${user?.email.toLowerCase()}` : `USER_ID#${user?.id}`;
    check(claimed === PK, `${PK} is claimed for nobody`);
  }
  for (const { PK, following_username } of edges) {
    const known = keyed.get(`${PK} #PROFILE`) && userOf(following_username);
    check(known, `${PK} follows ${following_username}, and one of them is nobody`);
  }
  const users_ids = users.map(({ id }) => id);
  const edge_ids = edges.map(({ id }) => id);
  check(new Set(users_ids).size === users.length, 'two users have one id');
  check(new Set(edge_ids).size === edges.length, 'two follows have one id');
  return found;
}
