import { afterAll, expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import {
  linkIn,
  mailsTo,
  nextMailTo,
  type ReceivedMail,
  sourceOf,
  startTestPost,
  tokenIn,
} from '../../support/mailbox.ts';
import { captureLogs } from '../../support/output.ts';
import { expectProblem } from '../../support/problems.ts';
import { findSecrets } from '../../support/secrets.ts';
import { scanItems } from '../../support/table.ts';
import { changeProfile, newUser, registration } from '../../support/users.ts';

const mail = await startTestPost();
Object.assign(process.env, { MAILS_PER_HOUR: '3', FORGOTTEN_PER_HOUR: '20' });
const stop = await mail.follow();

afterAll(async () => {
  await stop();
  await mail.stop();
});

let addresses = 0;

/** Every request from an address of its own, unless said. */
const forget = (email: string, source_ip = `10.9.${addresses >> 8}.${addresses++ & 255}`) =>
  post('/password/forgot/', { email }, { source_ip });

/** Resolves when every mail that was asked for so far has been dealt with. */
const settled = () =>
  expect
    .poll(async () => (await scanItems()).filter(({ SK }) => SK.startsWith('MAIL#')), { timeout: 20_000 })
    .toEqual([]);

const NEW = 'a-new-password';

test('a forgotten password is reset by the mailed link', async () => {
  const user = await newUser();
  expect((await forget(user.email.toUpperCase())).status).toBe(202);
  const letter = await nextMailTo(mail.inbox, user.email);
  expect(linkIn(letter)).toMatch(/^https:\/\/app\.careers\.example\/reset-password\?token=[\w-]{43,}$/);
  const token = tokenIn(letter);
  const body = { token, new_password: NEW, new_password_confirm: NEW };
  expect((await post('/password/reset/', body)).status).toBe(200);
  expect((await post('/login/', { username: user.username, password: NEW })).status).toBe(200);
});

test('who registers gets a link that verifies the address', async () => {
  const fields = registration();
  const { access } = (await post('/register/', fields)).body;
  const letter = await nextMailTo(mail.inbox, fields.email);
  expect(linkIn(letter)).toMatch(/^https:\/\/app\.careers\.example\/verify-email\?token=/);
  expect((await post('/email/verify/', { token: tokenIn(letter) })).status).toBe(200);
  expect((await get('/me/', { token: access })).body.email_verified).toBe(true);
});

test('a new address gets a link, and the old one is told', async () => {
  const user = await newUser();
  const { email } = registration();
  await changeProfile(user, { email });
  const [notice, letter] = [await nextMailTo(mail.inbox, user.email), await nextMailTo(mail.inbox, email)];
  expect([notice.body.text, notice.body.html].join()).not.toMatch(/token=|href/);
  expect(notice.body.text).not.toContain(email);
  expect((await post('/email/verify/', { token: tokenIn(letter) })).status).toBe(200);
  expect((await get('/me/', { token: user.access })).body.email_verified).toBe(true);
});

test('the same mailbox, spelled in another way, gets no mail', async () => {
  const user = await newUser();
  await changeProfile(user, { email: user.email.toUpperCase(), bio: 'x' });
  await settled();
  expect(await mailsTo(mail.inbox, user.email)).toEqual([]);
});

test('another verification mail goes out on request, three in an hour at most, and none once verified', async () => {
  const user = await newUser();
  const ask = () => post('/me/email/verification/', undefined, { token: user.access });
  for (let n = 0; n < 3; n++) expect((await ask()).status).toBe(202);
  const refused = await ask();
  expectProblem(refused, 429, 'throttled');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500);
  const letter = await nextMailTo(mail.inbox, user.email, 2);
  await post('/email/verify/', { token: tokenIn(letter) });
  expect((await ask()).status).toBe(202);
  await settled();
  expect(await mailsTo(mail.inbox, user.email)).toHaveLength(3);
});

test('an account gets three links an hour, however often and from wherever its password is forgotten', async () => {
  const user = await newUser();
  const answers: string[] = [];
  for (let n = 0; n < 8; n++) answers.push((await forget(user.email)).text);
  await settled();
  expect(await mailsTo(mail.inbox, user.email)).toHaveLength(3);
  expect(new Set(answers).size).toBe(1);
});

test('twenty passwords an hour are forgotten from one source, whoever has the addresses', async () => {
  const { email } = registration();
  const answers = await Promise.all(Array.from({ length: 25 }, () => forget(email, '10.8.0.1')));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([...Array(20).fill(202), ...Array(5).fill(429)]);
  expectProblem(await forget((await newUser()).email, '10.8.0.1'), 429, 'throttled');
  expect((await forget(email, '10.8.0.2')).status).toBe(202);
  const net = (n: number) => `2001:db8:1:${n.toString(16)}::1`;
  for (let n = 0; n < 20; n++) expect((await forget(email, net(n))).status).toBe(202);
  expectProblem(await forget(email, net(99)), 429, 'throttled');
});

test('nobody fills a stranger’s mailbox: not by changing addresses, not with several accounts', async () => {
  const { email: target } = registration();
  for (let accounts = 0; accounts < 3; accounts++) {
    const user = await newUser();
    for (let n = 0; n < 3; n++) {
      await changeProfile(user, { email: target });
      await changeProfile(user, { email: registration().email });
    }
  }
  await settled();
  // Three links, and three times that the address is another account's no longer.
  expect((await mailsTo(mail.inbox, target)).length).toBeLessThanOrEqual(6);
});

test('an address that nobody has gets no mail and leaves nothing behind', async () => {
  const { email } = registration();
  expect((await forget(email)).status).toBe(202);
  await settled();
  expect(await mailsTo(mail.inbox, email)).toEqual([]);
  expect(JSON.stringify(await scanItems())).not.toContain(email);
});

test('the link goes to the address that the account has, however somebody has spelled it', async () => {
  const user = await newUser({ email: `anna-${Date.now()}@bücher.example` });
  const spelled = user.email.replace('bücher', 'xn--bcher-kva').toUpperCase();
  await forget(spelled);
  const ascii = user.email.replace('bücher', 'xn--bcher-kva');
  expect((await nextMailTo(mail.inbox, ascii)).destination).toEqual({ to: [ascii], cc: [], bcc: [] });
});

test('the table has no token: only a hash of it', async () => {
  const user = await newUser();
  await forget(user.email);
  const token = tokenIn(await nextMailTo(mail.inbox, user.email));
  const secret = Buffer.from(token, 'base64url').subarray(0, 32);
  const stored = JSON.stringify(await scanItems());
  for (const form of ['base64url', 'base64', 'hex'] as const)
    expect(stored).not.toContain(secret.toString(form));
  expect(stored).not.toContain(token);
});

test('what is logged about mails has no address, no token and no name', async () => {
  const user = await newUser();
  const { lines } = await captureLogs(async () => {
    await forget(user.email);
    await nextMailTo(mail.inbox, user.email);
    await settled();
  });
  expect(lines.filter(({ message }) => message === 'mail')).toContainEqual(
    expect.objectContaining({ sent: 1 }),
  );
  const text = JSON.stringify(lines);
  expect(findSecrets(text)).toEqual([]);
  expect(text).not.toContain(user.username);
});

/** The header fields of a mail as it travels. */
function headersOf(source: string): Map<string, string> {
  const [head = ''] = source.split('\r\n\r\n');
  const fields = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(fields.map((field) => [field.split(':')[0] ?? '', field.replace(/^[^:]*: /, '')]));
}

const INJECTIONS = [
  'Anna, anna@attacker.example',
  '=?utf-8?q?Anna=0d=0aBcc:_all@attacker.example?=',
  'Anna" <anna@attacker.example>',
  '<script>alert(1)</script>',
];

test.each(INJECTIONS)('a name gets into no mail, and so into no header: %s', async (name) => {
  const fields = registration({ first_name: name, last_name: name });
  expect((await post('/register/', fields)).status).toBe(201);
  await forget(fields.email);
  const letters: ReceivedMail[] = [
    await nextMailTo(mail.inbox, fields.email, 0),
    await nextMailTo(mail.inbox, fields.email, 1),
  ];
  for (const letter of letters) {
    const source = await sourceOf(mail.inbox, letter);
    const headers = headersOf(source);
    expect([...headers.keys()].toSorted()).toEqual(
      ['Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To'].toSorted(),
    );
    expect(headers.get('To')).toBe(fields.email);
    expect(headers.get('From')).toBe('Careers <no-reply@careers.example>');
    expect(source).not.toContain('attacker');
    expect(letter.body.html).not.toContain('alert');
  }
});

test.each([
  'anna@example.com\r\nBcc: all@attacker.example',
  'anna@example.com\nSubject: hello',
  'anna@example.com, all@attacker.example',
  'Anna <anna@example.com>',
  '"anna, bcc"@example.com',
  'anna@example.com%0d%0aBcc:all@attacker.example',
])('an address that is more than one is refused: %j', async (email) => {
  expectProblem(await forget(email), 400, 'invalid', ['email']);
  expectProblem(await post('/register/', registration({ email })), 400, 'invalid', ['email']);
});

test.each([
  ['an encoded word', '=?utf-8?q?anna=2call=40attacker.example?='],
  ['letters beyond ASCII', 'jürgen'],
  ['more than any mailbox has', 'a'.repeat(65)],
])('nothing is sent to an address with %s, and nobody’s mail waits for that', async (_, local) => {
  const before = mail.offered;
  const email = `${local}@example.com`;
  expect((await post('/register/', registration({ email }))).status).toBe(201);
  await settled();
  expect(mail.offered).toBe(before);
  expect(mail.queue.messages).toEqual([]);
});
