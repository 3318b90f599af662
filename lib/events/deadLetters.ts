import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { config } from '../config.ts';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';
import { log } from '../log.ts';
import type { Change } from '../table/changes.ts';

const client = new SQSClient({
  ...(config.EVENT_DEAD_LETTERS ? { endpoint: new URL(config.EVENT_DEAD_LETTERS).origin } : {}),
  maxAttempts: 4,
  md5: false,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
});

/** Why a change cannot be told of, now or later; quotes no value. */
export interface Reason {
  reason: string;
  event?: string;
}

/**
 * Notes a change that cannot be told of, so that somebody is told, and what comes after it need not wait. Throws
 * `unavailable` when it cannot be noted. Without a queue, as on a developer's machine, it is only logged.
 */
export async function setAside({ key, sequence }: Change, why: Reason): Promise<void> {
  log.error('event_refused', { sequence, ...why });
  if (!config.EVENT_DEAD_LETTERS) return;
  const message = new SendMessageCommand({
    QueueUrl: config.EVENT_DEAD_LETTERS,
    MessageBody: JSON.stringify({ ...why, key, sequence }),
  });
  await client.send(message, deadline()).catch(translateFailure);
}
