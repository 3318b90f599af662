import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { StreamRecord } from '../../../lib/table/changes.ts';
import { post } from '../../support/api.ts';
import { mailsTo, startTestPost, tokenIn } from '../../support/mailbox.ts';
import { captureLogs } from '../../support/output.ts';
import { findSecrets } from '../../support/secrets.ts';
import { type Item, readItem, scanItems, writeItem } from '../../support/table.ts';
import { deleteAccount, newUser, registration, type TestUser } from '../../support/users.ts';

const mail = await startTestPost();
process.env.MAILS_PER_HOUR = '3';
const { handler } = await import('../../../functions/jobs/sendMail.ts');

afterAll(() => mail.stop());

beforeEach(() => {
  mail.refuse = () => undefined;
  mail.queue.messages.length = mail.offered = 0;
  mail.queue.answers = true;
});

let sequence = 100;

/** What the stream says of a mail that is asked for. */
const recordOf = ({ PK, SK }: Item): StreamRecord => ({
  dynamodb: {
    Keys: marshall({ PK, SK }),
    SequenceNumber: String(++sequence),
    ApproximateCreationDateTime: 1_795_000_000,
  },
});

const deliver = (Records: StreamRecord[], time_left = 60_000) =>
  handler({ Records }, { getRemainingTimeInMillis: () => time_left });

/** The mails to a user that the table still has. */
const waitingFor = async ({ username, id }: Pick<TestUser, 'username' | 'id'>): Promise<Item[]> =>
  (await scanItems()).filter(
    ({ PK, SK, id: of }) => SK.startsWith('MAIL#') && PK.endsWith(username.toLowerCase()) && of === id,
  );

/** A user who waits for a verification mail. */
async function asking(): Promise<{ user: TestUser; record: StreamRecord; item: Item }> {
  const user = await newUser();
  await post('/me/email/verification/', undefined, { token: user.access });
  const [item] = await waitingFor(user);
  if (!item) throw new Error('No mail was asked for.');
  return { user, item, record: recordOf(item) };
}

const NOTHING_FAILED = { batchItemFailures: [] };
const failedFrom = (failed: StreamRecord | undefined) => ({
  batchItemFailures: [{ itemIdentifier: failed?.dynamodb.SequenceNumber }],
});

test('a batch that comes again sends nothing twice', async () => {
  const { user, record } = await asking();
  expect(await deliver([record])).toEqual(NOTHING_FAILED);
  expect(await deliver([record, record])).toEqual(NOTHING_FAILED);
  expect(await mailsTo(mail.inbox, user.email)).toHaveLength(1);
  expect(await waitingFor(user)).toEqual([]);
});

test.each([
  'TooManyRequestsException',
  'LimitExceededException',
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'AccessDeniedException',
  'InternalServiceErrorException',
])(
  'what SES refuses with %s waits, with those after it, and goes out later',
  { timeout: 120_000 },
  async (name) => {
    const [first, second, third] = [await asking(), await asking(), await asking()];
    mail.refuse = (to) => (to === second.user.email ? name : undefined);
    const records = [first.record, second.record, third.record];
    const { result, lines } = await captureLogs(() => deliver(records));
    expect(result).toEqual(failedFrom(second.record));
    expect(lines).toContainEqual(expect.objectContaining({ message: 'mail_delayed', reason: name }));
    mail.refuse = () => undefined;
    expect(await deliver([second.record, third.record])).toEqual(NOTHING_FAILED);
    for (const { user } of [first, second, third]) {
      expect(await mailsTo(mail.inbox, user.email)).toHaveLength(1);
    }
    expect(mail.queue.messages).toEqual([]);
  },
);

test('a mail that waits is counted once, however often it is tried', async () => {
  const fields = registration();
  const { user } = (await post('/register/', fields)).body;
  const [item] = await waitingFor(user);
  if (!item) throw new Error('No mail was asked for.');
  mail.refuse = () => 'SendingPausedException';
  for (let n = 0; n < 5; n++) {
    const record = recordOf(item);
    expect(await deliver([record])).toEqual(failedFrom(record));
  }
  mail.refuse = () => undefined;
  expect(await deliver([recordOf(item)])).toEqual(NOTHING_FAILED);
  expect(await mailsTo(mail.inbox, fields.email)).toHaveLength(1);
});

test.each(['MessageRejected', 'BadRequestException'])(
  'what SES refuses with %s is set aside with its reason, holds nobody up, and stays in the table for a while',
  async (reason) => {
    const [first, second] = [await asking(), await asking()];
    mail.refuse = (to) => (to === first.user.email ? reason : undefined);
    const { result, lines } = await captureLogs(() => deliver([first.record, second.record]));
    expect(result).toEqual(NOTHING_FAILED);
    expect(await mailsTo(mail.inbox, second.user.email)).toHaveLength(1);
    const { PK, SK } = first.item;
    const { SequenceNumber } = first.record.dynamodb;
    expect(mail.queue.messages).toEqual([{ reason, key: { PK, SK }, sequence: SequenceNumber }]);
    expect(lines).toContainEqual(expect.objectContaining({ message: 'mail_refused', reason }));
    expect(findSecrets(JSON.stringify(lines))).toEqual([]);
    expect(await waitingFor(first.user)).toHaveLength(1);
  },
);

test('a mail that was set aside goes out when somebody asks for it anew', async () => {
  const { user, record, item } = await asking();
  mail.refuse = () => 'MessageRejected';
  await deliver([record]);
  mail.refuse = () => undefined;
  const again = { ...item, SK: `${item.SK}-again` };
  await writeItem(again);
  expect(await deliver([recordOf(again)])).toEqual(NOTHING_FAILED);
  expect(await mailsTo(mail.inbox, user.email)).toHaveLength(1);
});

test('a damaged item is set aside without a word of what is in it', async () => {
  const { item, record } = await asking();
  await writeItem({ ...item, id: 'a secret' });
  expect(await deliver([record])).toEqual(NOTHING_FAILED);
  expect(mail.queue.messages).toEqual([
    expect.objectContaining({ reason: 'A mail item is damaged at: id.' }),
  ]);
});

test('nothing is lost when it cannot even be set aside', async () => {
  const { user, record } = await asking();
  mail.refuse = () => 'MessageRejected';
  mail.queue.answers = false;
  await expect(deliver([record])).rejects.toThrow();
  mail.refuse = () => undefined;
  await deliver([record]);
  expect(await mailsTo(mail.inbox, user.email)).toHaveLength(1);
});

test('stops before its time is up, and reports where to go on', async () => {
  const { record } = await asking();
  const start = performance.now();
  expect(await deliver([record], 1000)).toEqual(failedFrom(record));
  expect(performance.now() - start).toBeLessThan(1000);
});

test('who is gone by then, or was replaced, gets no mail', async () => {
  const { user, record, item } = await asking();
  await deleteAccount(user);
  const heir = await newUser({ username: user.username, email: user.email });
  expect(await deliver([record])).toEqual(NOTHING_FAILED);
  expect(mail.offered).toBe(0);
  expect(await waitingFor(user)).toEqual([]);

  await writeItem(item);
  await deleteAccount(heir);
  expect(await deliver([recordOf(item)])).toEqual(NOTHING_FAILED);
  expect(mail.offered).toBe(0);
});

test('a mail that has waited for a day is of no use any more', async () => {
  const { user, record, item } = await asking();
  await writeItem({ ...item, expires_at: 1 });
  await deliver([record]);
  expect(await mailsTo(mail.inbox, user.email)).toEqual([]);
});

test('a link that was mailed twice is good both times, for either mail may be the one that arrives', async () => {
  const { user, item, record } = await asking();
  await deliver([record]);
  await writeItem(item);
  await deliver([recordOf(item)]);
  const letters = await mailsTo(mail.inbox, user.email);
  expect(letters).toHaveLength(2);
  for (const letter of letters) {
    expect((await post('/email/verify/', { token: tokenIn(letter) })).status).toBe(200);
  }
});

test('what expires says so', async () => {
  const { item, record } = await asking();
  await deliver([record]);
  const links = (await scanItems()).filter(({ PK, SK }) => PK === item.PK && SK.startsWith('LINK#'));
  for (const { expires_at } of [item, ...links]) {
    expect(expires_at - Date.now() / 1000).toBeGreaterThan(86_000);
    expect(expires_at - Date.now() / 1000).toBeLessThan(87_000);
  }
  expect(await readItem({ PK: item.PK, SK: item.SK })).toBeUndefined();
});
