import { expect, test } from 'vitest';
import { Session, SessionEnded } from '../../../client/session.ts';

const TOKENS = { access: 'old', refresh: 'stored' };

const sessionAnswered = (response: Response) =>
  new Session(
    async () => response,
    () => {},
    TOKENS,
  );

test.each([
  [401, 'token_not_valid'],
  [401, 'token_reused'],
  [403, 'account_suspended'],
])('a refresh that the service refuses with %i %s ends the session', async (status, code) => {
  const session = sessionAnswered(Response.json({ code }, { status }));
  await expect(session.renew(TOKENS)).rejects.toThrow(SessionEnded);
  expect(session.tokens).toBeUndefined();
});

test.each([
  ['a captive portal', new Response('<html>Log in to the Wi-Fi</html>', { status: 401 })],
  ['a proxy', Response.json({ message: 'Unauthorized' }, { status: 401 })],
  ['a proxy that answers null', Response.json(null, { status: 400 })],
  ['a firewall', Response.json({ code: 'invalid' }, { status: 400 })],
  ['a busy service', Response.json({ code: 'throttled' }, { status: 429 })],
])('a refusal of %s leaves the session as it is', async (_, response) => {
  const session = sessionAnswered(response);
  const answer = await session.renew(TOKENS);
  expect(answer).toMatchObject({ status: response.status });
  expect(session.tokens).toEqual(TOKENS);
});
