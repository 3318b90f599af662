import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Avatar, PersonName } from '../../lib/fields.ts';
import { isHonest, isVisible, line, prose } from '../../lib/text.ts';

const accepts = (schema: v.GenericSchema, value: unknown) => v.safeParse(schema, value).success;

test.each([
  ['a right-to-left override', 'Ann\u202ennA'],
  ['a zero-width space', 'An\u200bn'],
  ['a byte order mark', 'An\ufeffn'],
  ['a joiner between Latin letters', 'An\u200dn'],
  ['a non-joiner between Latin letters', 'An\u200cn'],
  ['a line separator', 'Ann\u2028Smith'],
  ['a blank letter', 'Ann\u3164'],
  ['tag characters', 'Ann\u{e0041}\u{e0042}'],
  ['a private-use character', 'Ann\ue000'],
  ['an unassigned character', 'Ann\u0378'],
  ['a soft hyphen', 'An\u00adn'],
  ['an isolate', '\u2066Ann\u2069'],
])('M9: %s makes a name lie', (_, name) => {
  expect(accepts(line(150), name)).toBe(false);
  expect(accepts(prose(500), name)).toBe(false);
});

test.each([
  ['a family', '👨\u200d👩\u200d👧\u200d👦'],
  ['a doctor of some skin', '👩🏽\u200d⚕\ufe0f'],
  ['a rainbow flag', '🏳\ufe0f\u200d🌈'],
  ['the flag of Scotland', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ['Persian with a non-joiner', 'می\u200cخواهم'],
  ['Sinhala with a joiner', 'ශ්\u200dරී'],
  ['Hindi with a non-joiner', 'क्\u200cष'],
  ['Hebrew', 'שלום'],
  ['a flag of two letters', '🇩🇪'],
])('%s is written with what cannot be seen', (_, name) => {
  expect(isHonest(name)).toBe(true);
  expect(accepts(line(150), name)).toBe(true);
});

test('prose may have marks of direction, a name may not', () => {
  expect(accepts(prose(500), 'שלום\u200f, world\u200e')).toBe(true);
  expect(accepts(line(150), 'שלום\u200f')).toBe(false);
});

test.each(['', 'Ann', '李', '!', '0', '👍'])('a name may be %j', (name) => {
  expect(accepts(PersonName, name)).toBe(true);
});

test.each(['\u0301', '\u0301\u0302', '\u2800'])(
  'M9: a name may not be %j, of which nothing is seen',
  (name) => {
    expect(isVisible(name)).toBe(false);
    expect(accepts(PersonName, name)).toBe(false);
  },
);

test.each([
  ['https://example.com/a b', undefined],
  ['HTTPS://EXAMPLE.com/Ä', 'https://example.com/%C3%84'],
  ['https://bücher.example/x', 'https://xn--bcher-kva.example/x'],
  ['https://x.test/"onerror="alert(1)<script>', 'https://x.test/%22onerror=%22alert(1)%3Cscript%3E'],
  ['https://user:pw@169.254.169.254/', undefined],
  ['https://user@example.com/', undefined],
  ['https://169.254.169.254/', undefined],
  ['https://0xa9fea9fe/', undefined],
  ['https://2852039166/', undefined],
  ['https://[::1]/', undefined],
  ['https://localhost/x', undefined],
  ['https://intranet/x', undefined],
  ['https://good.example\\@evil.example/', undefined],
  ['https://good.example\\evil', undefined],
  ['javascript:alert(1)', undefined],
  [`https://e.de/${'x'.repeat(2035)}`, `https://e.de/${'x'.repeat(2035)}`],
  [`https://e.de/${'x'.repeat(2036)}`, undefined],
  [`https://e.de/${'é'.repeat(1000)}`, undefined],
  ['', null],
])('M10: the avatar %s is stored as %s', (avatar, stored) => {
  const result = v.safeParse(Avatar, avatar);
  expect(result.success ? result.output : undefined).toBe(stored);
});
