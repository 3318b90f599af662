import { job } from '../../lib/job.ts';
import { deliverMails } from '../../lib/mail/delivery.ts';
import { failuresFrom, type StreamBatch } from '../../lib/table/changes.ts';

/** Sends the mails that were asked for. Lambda delivers the stream again from what could not go. */
export const handler = job('mail', (batch: StreamBatch) => deliverMails(batch, Date.now), failuresFrom);
