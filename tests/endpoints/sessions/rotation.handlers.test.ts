import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refreshAccess } from '../../../lib/auth/sessions.ts';
import { post } from '../../support/api.ts';
import { forge, readToken } from '../../support/tokens.ts';
import { newUser } from '../../support/users.ts';

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
    const { refresh: parent } = await newUser();
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

  test('asked for many times at once succeeds each time, with a parent and with a child', async () => {
    const { refresh: parent } = await newUser();
    const { refresh: child = '' } = await rotate(parent);
    for (const token of [parent, child]) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => outcome(token)));
      expect(answers.filter(({ refresh }) => refresh)).toHaveLength(10);
    }
  });

  test('of a copy in lockstep is found out as soon as two children of one generation are used', async () => {
    const { refresh: parent } = await newUser();
    const [victims, thiefs] = [await rotate(parent), await rotate(parent)];
    const next = await rotate(victims.refresh ?? '');
    expect(await outcome(thiefs.refresh ?? '')).toEqual({ code: 'token_reused' });
    expect(await outcome(next.refresh ?? '')).toEqual({ code: 'token_not_valid' });
  });

  test('of two siblings at once lets one of them through at most, and the session is over', async () => {
    const { refresh: parent } = await newUser();
    const [first, second] = [await rotate(parent), await rotate(parent)];
    const answers = await Promise.all([outcome(first.refresh ?? ''), outcome(second.refresh ?? '')]);
    expect(answers.filter(({ code }) => code === 'token_reused')).toHaveLength(1);
    for (const token of [parent, first.refresh, second.refresh, ...answers.map(({ refresh }) => refresh)]) {
      if (token) expect(await outcome(token)).toEqual({ code: 'token_not_valid' });
    }
  });

  test('a child that is used without rotating has arrived all the same', async () => {
    const { refresh: parent } = await newUser();
    const { refresh: child = '' } = await rotate(parent);
    await refreshAccess({ refresh: child, rotate: false }, Date.now);
    expect(await outcome(parent)).toEqual({ code: 'token_reused' });
  });

  test('lets a session live seven days from its last refresh and ninety in all', async () => {
    const start = Date.now();
    let { refresh } = await newUser();
    for (let day = 6; day <= 84; day += 6) ({ refresh = '' } = await rotate(refresh, start + day * DAY));
    const last = await rotate(refresh, start + 89 * DAY);
    const { payload } = readToken(last.refresh ?? '');
    expect(Number(payload.exp) * 1000).toBeLessThanOrEqual(start + 90 * DAY + 1000);
    await expect(rotate(last.refresh ?? '', start + 90.1 * DAY)).rejects.toMatchObject({
      code: 'token_not_valid',
    });
  });
});

/** Somebody who refreshes, with the tokens that came in. */
interface Holder {
  held: string[];
  /** Whether it has refreshed since there are two of them. */
  came: boolean;
}

/**
 * A phone that rotates on a bad network, and from some moment on a thief with a copy of what the phone then has. Both
 * promises of rotation.ts, whatever comes in between: the phone alone is never logged out; once both have used what
 * they held and come again, the session is over for both.
 */
test('a phone is never logged out by lost answers, and a thief always is found out', async () => {
  const act = fc.constantFrom('phone', 'phone loses', 'phone twice at once', 'thief', 'thief loses');
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), fc.nat(6), async (acts, theft) => {
      const { refresh: first } = await newUser();
      const phone: Holder = { held: [first], came: false };
      const thief: Holder = { held: [], came: false };
      const come = async (
        who: Holder,
        { times = 1, loses = false } = {},
      ): Promise<(string | undefined)[]> => {
        const token = who.held.at(-1);
        if (!token) return [];
        who.came = thief.held.length > 0;
        const answers = await Promise.all(Array.from({ length: times }, () => outcome(token)));
        for (const { refresh } of answers) if (refresh && !loses) who.held.push(refresh);
        const codes = answers.map(({ code }) => code);
        // Nobody is refused before both have refreshed since the theft, so the phone alone never is.
        if (codes.some(Boolean)) expect([phone.came, thief.came]).toEqual([true, true]);
        return codes;
      };
      for (const [n, name] of acts.entries()) {
        if (n === theft) thief.held = [...phone.held];
        const who = name.startsWith('phone') ? phone : thief;
        await come(who, { times: name.endsWith('at once') ? 2 : 1, loses: name.endsWith('loses') });
      }
      if (thief.held.length === 0) {
        expect(await come(phone)).toEqual([undefined]);
        return;
      }
      for (const who of [phone, thief, phone, thief]) await come(who);
      expect([...(await come(phone)), ...(await come(thief))]).toEqual([
        'token_not_valid',
        'token_not_valid',
      ]);
    }),
    { numRuns: 50 },
  );
});

test.each(['generation', 'epoch', 'sid'])('a forged %s opens nothing', async (claim) => {
  const user = await newUser();
  const forged = { generation: 5, epoch: 3, sid: 'another' }[claim];
  const token = forge(user, { kind: 'refresh', payload: { [claim]: forged } });
  expect(await outcome(token)).toEqual({ code: 'token_not_valid' });
  expect((await outcome(user.refresh)).refresh).toBeDefined();
});
