import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { documents, TableName } from '../../lib/table/send.ts';
import { userIndexKey, userKey } from '../../lib/table/keys.ts';
import type { User } from '../../lib/table/users.ts';
import { people } from './people.ts';
import { progress } from './progress.ts';

const BATCH = 25;
const WRITERS = 8;

/** Writes `count` made-up users into the table, past the API: profiles only, as the directory sees no other items. */
export async function loadPeople(count: number): Promise<void> {
  const everybody = people(count);
  const bar = progress(`loading ${count.toLocaleString('en')} users`, count);
  await Promise.all(Array.from({ length: WRITERS }, () => write()));
  bar.end();

  function nextBatch(): User[] {
    const users: User[] = [];
    while (users.length < BATCH) {
      const { value, done } = everybody.next();
      if (done) break;
      users.push(value);
    }
    return users;
  }

  async function write(): Promise<void> {
    for (;;) {
      const users = nextBatch();
      if (users.length === 0) return;
      const requests = users.map((user) => ({
        PutRequest: {
          Item: { ...userKey(user.username), ...userIndexKey(user.id, user.updated_at), ...user },
        },
      }));
      const { UnprocessedItems = {} } = await documents.send(
        new BatchWriteCommand({ RequestItems: { [TableName]: requests } }),
      );
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('The database left items unprocessed.');
      bar.advance(users.length);
    }
  }
}
