import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type StreamViewType,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';

/** The properties of an `AWS::DynamoDB::Table`, as serverless.yml has them. */
export interface TableProperties {
  AttributeDefinitions: CreateTableCommandInput['AttributeDefinitions'];
  KeySchema: CreateTableCommandInput['KeySchema'];
  GlobalSecondaryIndexes: CreateTableCommandInput['GlobalSecondaryIndexes'];
  BillingMode: CreateTableCommandInput['BillingMode'];
  /** Without it, the table has no stream. */
  StreamSpecification?: { StreamViewType: StreamViewType };
  TimeToLiveSpecification: UpdateTimeToLiveCommandInput['TimeToLiveSpecification'];
}

/** Name of the table of the service that runs on a developer's machine. */
export const LOCAL_TABLE = 'users-local';

/** Region and credentials for a local database, which takes any. */
export const localCredentials = {
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

/**
 * Creates the table that serverless.yml defines in a local database. Leaves one that is there as it is, but for giving
 * it a stream if it has none, as those have that are older than events are. Changes from before then make no events.
 */
export async function createTable(
  endpoint: string,
  TableName: string,
  properties: TableProperties,
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: localCredentials.AWS_REGION,
    credentials: {
      accessKeyId: localCredentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: localCredentials.AWS_SECRET_ACCESS_KEY,
    },
  });
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = properties;
  const { TimeToLiveSpecification } = properties;
  const StreamSpecification = properties.StreamSpecification && {
    ...properties.StreamSpecification,
    StreamEnabled: true,
  };
  try {
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions,
        KeySchema,
        GlobalSecondaryIndexes,
        BillingMode,
        ...(StreamSpecification && { StreamSpecification }),
      }),
    );
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (StreamSpecification && !Table?.StreamSpecification?.StreamEnabled) {
      await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    }
  } finally {
    client.destroy();
  }
}
