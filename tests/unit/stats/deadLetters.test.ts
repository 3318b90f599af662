import { expect, test } from 'vitest';
import { serverless } from '../../support/serverless.ts';

const { recordActivity } = serverless.functions as Record<string, object>;
const { ActivityDeadLetters, ActivityDeadLettersPolicy } = serverless.resources.Resources as Record<
  string,
  object
>;
const queue = 'ActivityDeadLetters.Arn';

test('what fails before the function, and in it, goes to the queue', () => {
  expect(recordActivity).toMatchObject({
    maximumRetryAttempts: 2,
    destinations: { onFailure: { type: 'sqs', arn: queue } },
    events: [{ eventBridge: { deadLetterQueueArn: queue } }],
  });
});

test('the queue is encrypted, keeps events for two weeks, and takes them from our rule alone', () => {
  expect(ActivityDeadLetters).toMatchObject({
    Properties: { MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true },
  });
  expect(ActivityDeadLettersPolicy).toMatchObject({
    Properties: {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: {
              ArnEquals: {
                'aws:SourceArn': expect.stringMatching(/:rule\/\$\{self:custom\.activityRule\}$/),
              },
            },
          },
        ],
      },
    },
  });
});
