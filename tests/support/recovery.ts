import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { slices } from '../../local/bulk.ts';
import { tableProperties } from '../../local/serverless.ts';
import { listenOnLoopback } from '../../local/service/loopback.ts';
import { createTable } from '../../local/service/table.ts';
import { connect, scanItems } from './table.ts';

/** Copies a table of a database, as it is, into another one there. */
export async function copyTable(database: string, from: string, to: string): Promise<void> {
  await createTable(database, to, tableProperties);
  const documents = connect(database);
  for (const items of slices(await scanItems(from, documents), 25)) {
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [to]: puts } }));
  }
}

const DAY = 24 * 60 * 60;

/**
 * Gives the embedded database what it lacks of DynamoDB, point-in-time recovery: it keeps a copy of the table `source` as
 * it is when this is called, and restores that, whatever moment is asked for. Notes every call that it answers itself.
 */
export async function startRecovery(database: string, source: string) {
  const kept = `${source}-kept`;
  await copyTable(database, source, kept);
  const calls: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const input = JSON.parse(body.toString());
    if (operation === 'DescribeContinuousBackups') {
      const now = Date.now() / 1000;
      return answer(response, {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: {
            EarliestRestorableDateTime: now - 35 * DAY,
            LatestRestorableDateTime: now,
          },
        },
      });
    }
    if (operation === 'RestoreTableToPointInTime') {
      calls.push(input);
      await copyTable(database, kept, input.TargetTableName);
      return answer(response, { TableDescription: { TableStatus: 'CREATING' } });
    }
    await forward(database, request, body, response);
  });
  return { ...(await listenOnLoopback(server)), calls };
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

/** What a signed request is told by, and what it asks for. */
const FORWARDED = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target'];

async function forward(to: string, request: IncomingMessage, body: Buffer, response: ServerResponse) {
  const headers = FORWARDED.map((name) => [name, String(request.headers[name])]);
  const answered = await fetch(to, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: new Uint8Array(body),
  });
  response
    .writeHead(answered.status, { 'Content-Type': 'application/x-amz-json-1.0' })
    .end(await answered.text());
}
