import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refreshAccess } from '../../../lib/auth/sessions.ts';
import type { TokenPair } from '../../../lib/auth/tokens.ts';
import { post } from '../../support/api.ts';
import { readToken } from '../../support/tokens.ts';
import { registerUser } from '../../support/users.ts';

const DAY = 24 * 60 * 60 * 1000;

const rotate = (refresh: string, now = Date.now()) => refreshAccess({ refresh, rotate: true }, () => now);

/** The code with which a refresh was refused, or the new refresh token. */
async function outcome(refresh: string): Promise<{ code?: string; refresh?: string }> {
  return rotate(refresh).then(
    ({ refresh: child = '' }) => ({ refresh: child }),
    ({ code }) => ({ code }),
  );
}

describe('a rotation', () => {
  test('answers a child; the parent is good until the child was used', async () => {
    const { refresh: parent } = await registerUser();
    const answer = await post('/token/refresh/', { refresh: parent, rotate: true });
    expect(answer.body).toEqual({ access: expect.any(String), refresh: expect.any(String) });
    const [again, third] = [await rotate(parent), await rotate(parent)];
    expect(new Set([answer.body.refresh, again.refresh, third.refresh]).size).toBe(3);
    expect((await outcome(again.refresh ?? '')).refresh).toBeDefined();
    expect(await outcome(parent)).toEqual({ code: 'token_reused' });
    for (const token of [parent, again.refresh, third.refresh, answer.body.refresh]) {
      expect(await outcome(token)).toEqual({ code: 'token_not_valid' });
    }
  });

  test('asked for many times at once succeeds each time', async () => {
    const { refresh: parent } = await registerUser();
    const children = await Promise.all(Array.from({ length: 10 }, () => outcome(parent)));
    expect(children.filter(({ refresh }) => refresh)).toHaveLength(10);
    const grandchildren = await Promise.all(children.map(({ refresh = '' }) => outcome(refresh)));
    expect(grandchildren.filter(({ refresh }) => refresh)).toHaveLength(10);
  });

  test('a child that is used without rotating has arrived all the same', async () => {
    const { refresh: parent } = await registerUser();
    const { refresh: child = '' } = await rotate(parent);
    await refreshAccess({ refresh: child, rotate: false }, Date.now);
    expect(await outcome(parent)).toEqual({ code: 'token_reused' });
  });

  test('lets a session live seven days from its last refresh and ninety in all', async () => {
    const start = Date.now();
    let { refresh } = await registerUser();
    for (let day = 6; day <= 84; day += 6) ({ refresh = '' } = await rotate(refresh, start + day * DAY));
    const last = await rotate(refresh, start + 89 * DAY);
    const { payload } = readToken(last.refresh ?? '');
    expect(Number(payload.exp) * 1000).toBeLessThanOrEqual(start + 90 * DAY + 1000);
    await expect(rotate(last.refresh ?? '', start + 90.1 * DAY)).rejects.toMatchObject({
      code: 'token_not_valid',
    });
  });
});

/**
 * A phone that rotates on a bad network, and from some moment on a thief with a copy of what the phone then has. Both
 * promises of rotation.ts, whatever comes in between: the phone alone is never logged out; once both have refreshed
 * after the theft and come again, the session is over for both.
 */
test('a phone is never logged out by lost answers, and a thief always is found out', async () => {
  const act = fc.constantFrom('phone', 'phone loses', 'phone twice at once', 'thief', 'thief loses');
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), fc.nat(6), async (acts, theft) => {
      const user: Pick<TokenPair, 'refresh'> = await registerUser();
      const [phone, thief] = [{ held: [user.refresh] }, { held: [] as string[] }];
      const arrived = { phone: 0, thief: 0 };
      let over = false;
      for (const [n, name] of acts.entries()) {
        if (n === theft) thief.held = [...phone.held];
        const who = name.startsWith('phone') ? phone : thief;
        const token = who.held.at(-1);
        if (!token) continue;
        const answers = await Promise.all(
          Array.from({ length: name.endsWith('at once') ? 2 : 1 }, () => outcome(token)),
        );
        const refused = answers.find(({ code }) => code);
        if (refused) {
          // Nobody is refused before both have used what they had after the theft.
          expect([name, thief.held.length > 0]).toEqual([name, true]);
          over = true;
          break;
        }
        if (!name.endsWith('loses')) {
          who.held.push(answers[0]?.refresh ?? '');
          arrived[who === phone ? 'phone' : 'thief']++;
        }
      }
      if (thief.held.length === 0) expect(over).toBe(false);
      if (over) {
        for (const token of [phone.held.at(-1), thief.held.at(-1)]) {
          expect((await outcome(token ?? '')).code).toBe('token_not_valid');
        }
      } else if (thief.held.length > 0) {
        // Let both go on: two more rounds of each are always enough.
        const codes: (string | undefined)[] = [];
        for (let round = 0; round < 3; round++) {
          for (const who of [phone, thief]) {
            const { code, refresh } = await outcome(who.held.at(-1) ?? '');
            codes.push(code);
            if (refresh) who.held.push(refresh);
          }
        }
        expect(codes.slice(-2)).toEqual(['token_not_valid', 'token_not_valid']);
      }
    }),
    { numRuns: 25 },
  );
});

test.each(['generation', 'epoch', 'sid'])('a forged %s opens nothing', async (claim) => {
  const { forge } = await import('../../support/tokens.ts');
  const user = await registerUser();
  const forged = { generation: 5, epoch: 3, sid: 'another' }[claim];
  const token = forge(user, { kind: 'refresh', payload: { [claim]: forged } });
  expect(await outcome(token)).toEqual({ code: 'token_not_valid' });
  expect((await outcome(user.refresh)).refresh).toBeDefined();
});
