import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  RestoreTableToPointInTimeCommand,
} from '@aws-sdk/client-dynamodb';
import { StartFailure } from '../service/database.ts';

/** Seconds between two looks at a table that is being restored. */
const LOOK_EVERY = 15;

/** What the table is called that a moment of another one is restored into. */
export const nameBeside = (table: string, at: Date) =>
  `${table}-at-${at.toISOString().slice(0, 19).replace(/\D/g, '')}`;

/** Whether there is a table of that name, and `ACTIVE` when it can be used. */
export async function statusOf(client: DynamoDBClient, TableName: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Throws {@link StartFailure} where point-in-time recovery does not reach that moment. */
export async function requireReachable(client: DynamoDBClient, TableName: string, at: Date): Promise<void> {
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } =
    ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  if (!earliest || !latest) throw new StartFailure(`${TableName} has no point-in-time recovery.`);
  if (at < earliest || at > latest) {
    throw new StartFailure(
      `${TableName} can be restored from ${earliest.toISOString()} to ${latest.toISOString()}.`,
    );
  }
}

/** Restores a moment of a table into another one, and waits until that can be used: from minutes to hours. */
export async function restoreBeside(
  client: DynamoDBClient,
  { table, beside, at }: { table: string; beside: string; at: Date },
  look_every = LOOK_EVERY,
): Promise<void> {
  if ((await statusOf(client, beside)) === undefined) {
    await client.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: table,
        TargetTableName: beside,
        RestoreDateTime: at,
      }),
    );
  }
  while ((await statusOf(client, beside)) !== 'ACTIVE') await sleep(look_every * 1000);
}
