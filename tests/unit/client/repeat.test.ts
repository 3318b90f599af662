import { expect, test } from 'vitest';
import { repeating, withKey } from '../../../client/repeat.ts';

const URL_OF_ME = 'https://api.example.com/careers/users/me';

/** Answers one after the other; what is thrown is a lost answer. */
function answering(...answers: (Response | Error)[]) {
  const sent: Request[] = [];
  const waits: number[] = [];
  const send = async (request: Request) => {
    sent.push(request);
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (answer instanceof Response) return answer;
    throw answer;
  };
  const wait = async (milliseconds: number) => {
    waits.push(milliseconds);
  };
  return { sent, waits, call: repeating(send, { wait, random: () => 0.5 }) };
}

const lost = new TypeError('fetch failed');
const busy = (seconds: string) => new Response('', { status: 503, headers: { 'Retry-After': seconds } });
const fine = new Response('{}');

test('waits ever longer for an answer that is lost again and again, up to the tenth time', async () => {
  const { call, sent, waits } = answering(lost);
  await expect(call(new Request(URL_OF_ME))).rejects.toThrow('fetch failed');
  expect(sent).toHaveLength(10);
  expect(waits).toEqual([100, 200, 400, 800, 1600, 2500, 2500, 2500, 2500]);
});

test('waits as long as a busy service says, and a little more', async () => {
  const { call, waits } = answering(busy('3'), fine);
  expect(await call(new Request(URL_OF_ME))).toBe(fine);
  expect(waits).toEqual([3100]);
});

test.each([
  ['a refusal', new Response('', { status: 409 })],
  ['a defect', new Response('', { status: 500 })],
  ['a wait of minutes', new Response('', { status: 429, headers: { 'Retry-After': '900' } })],
])('%s is an answer', async (_, answer) => {
  const { call, sent } = answering(answer);
  expect(await call(new Request(URL_OF_ME))).toBe(answer);
  expect(sent).toHaveLength(1);
});

test('an aborted call is not sent again', async () => {
  const controller = new AbortController();
  const { call, sent } = answering(lost);
  controller.abort();
  await expect(call(new Request(URL_OF_ME, { signal: controller.signal }))).rejects.toThrow();
  expect(sent).toHaveLength(1);
});

test('every time carries the same body under the same key', async () => {
  const request = withKey(new Request(`${URL_OF_ME}/update`, { method: 'PATCH', body: '{"bio":"x"}' }));
  const { call, sent } = answering(lost, lost, fine);
  await call(request);
  expect(await Promise.all(sent.map((again) => again.text()))).toEqual(Array(3).fill('{"bio":"x"}'));
  const keys = sent.map(({ headers }) => headers.get('Idempotency-Key'));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
});

test.each([
  ['GET', '/me', false],
  ['POST', '/register/', true],
  ['POST', '/follow', true],
  ['POST', '/me/password/', true],
  ['POST', '/login', false],
  ['PATCH', '/me/update', true],
  ['POST', '/block/', true],
  ['POST', '/bob/report', true],
  ['DELETE', '/bob/unfollow', false],
])('%s %s gets a key of its own: %s', (method, path, keyed) => {
  const request = withKey(new Request(`https://api.example.com/careers/users${path}`, { method }));
  expect(request.headers.has('Idempotency-Key')).toBe(keyed);
});
