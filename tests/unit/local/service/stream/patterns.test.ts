import { expect, test } from 'vitest';
import { matches, type Pattern } from '../../../../../local/service/stream/patterns.ts';

const event = {
  source: 'careers.users',
  'detail-type': 'ProfileUpdated',
  detail: { user: { id: 7, username: 'alice' }, changed: ['bio', 'avatar'], avatar: null },
};

test.each<[boolean, Pattern]>([
  [true, {}],
  [true, { source: ['careers.users'] }],
  [true, { source: ['other', 'careers.users'], 'detail-type': ['ProfileUpdated'] }],
  [false, { source: ['careers.users'], 'detail-type': ['UserFollowed'] }],
  [true, { detail: { user: { id: [7] } } }],
  [false, { detail: { user: { id: ['7'] } } }],
  [true, { detail: { avatar: [null] } }],
  [false, { detail: { nothing: { at: ['all'] } } }],
  [true, { detail: { changed: ['avatar'] } }],
  [false, { detail: { changed: ['last_name'] } }],
  [true, { detail: { changed: [{ exists: true }], other: [{ exists: false }] } }],
  [false, { detail: { other: [{ exists: true }] } }],
  [true, { source: [{ prefix: 'careers.' }], 'detail-type': [{ suffix: 'Updated' }] }],
  [false, { source: [{ prefix: 'users' }] }],
  [true, { 'detail-type': [{ 'anything-but': ['UserFollowed', 'UserUnfollowed'] }] }],
  [false, { 'detail-type': [{ 'anything-but': 'ProfileUpdated' }] }],
])('%s: %j', (expected, pattern) => {
  expect(matches(pattern, event)).toBe(expected);
});

test('an operator that is not known is an error, not a mismatch', () => {
  const pattern = { source: [{ cidr: '10.0.0.0/8' }] } as unknown as Pattern;
  expect(() => matches(pattern, event)).toThrow('cidr');
});
