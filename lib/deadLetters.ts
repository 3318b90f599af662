import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deadline } from './deadline.ts';
import { translateFailure } from './failures.ts';
import { log } from './log.ts';

/** Why nothing can be made of a change, now or later; quotes no value. */
export interface Reason {
  reason: string;
  event?: string;
}

/** Which change it is. */
interface Place {
  key: object;
  sequence: string;
}

/**
 * Makes what notes, in the queue of that URL, a change of which nothing can be made, so that somebody is told, and what
 * comes after it need not wait; it is logged as `line`. That throws `unavailable` when it cannot be noted. Without a
 * queue, as on a developer's machine, it is only logged.
 */
export function deadLetters(QueueUrl: string | undefined, line: string) {
  const client = new SQSClient({
    ...(QueueUrl ? { endpoint: new URL(QueueUrl).origin } : {}),
    maxAttempts: 4,
    md5: false,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });
  return async ({ key, sequence }: Place, why: Reason): Promise<void> => {
    log.error(line, { sequence, ...why });
    if (!QueueUrl) return;
    const message = new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify({ ...why, key, sequence }),
    });
    await client.send(message, deadline()).catch(translateFailure);
  };
}
