import { expect, test } from 'vitest';
import * as keys from '../../../lib/table/keys.ts';

test('compare names and addresses in lower case', () => {
  expect(keys.userKey('Alice')).toEqual(keys.userKey('aLICE'));
  expect(keys.emailKey('A@Example.com')).toEqual(keys.emailKey('a@example.COM'));
  expect(keys.followKey('Alice', 'Bob')).toEqual(keys.followKey('alice', 'bob'));
  expect(keys.followerStripeKey('Bob', 'ALICE')).toEqual(keys.followerStripeKey('bob', 'alice'));
});

test('keep a profile and its counters apart from edges and revoked tokens', () => {
  const inProfile = keys.isProfileOrCounter;
  expect([keys.userKey('a'), keys.accountKey('a'), keys.followerStripeKey('a', 'b')].every(inProfile)).toBe(
    true,
  );
  expect([keys.followKey('a', 'b'), keys.revokedTokenKey('a', 'x')].some(inProfile)).toBe(false);
});

test('spread followers evenly over 16 stripes', () => {
  const followers = Array.from({ length: 16_000 }, (_, n) => `user${n}`);
  const stripes = new Map<string, number>();
  for (const follower of followers) {
    const { SK } = keys.followerStripeKey(follower, 'followed');
    stripes.set(SK, (stripes.get(SK) ?? 0) + 1);
  }
  expect(stripes.size).toBe(16);
  for (const count of stripes.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
});

test('sort the changes of a directory shard by time', () => {
  const early = keys.userIndexKey(7, 1_700_000_000_000).GSI1SK;
  const late = keys.userIndexKey(3, 1_700_000_000_001).GSI1SK;
  expect(early < late).toBe(true);
  expect(keys.changesSince(1_700_000_000_000) <= early).toBe(true);
  expect(keys.changesSince(1_700_000_000_001) <= late).toBe(true);
  expect(keys.changesSince(1_700_000_000_001) <= early).toBe(false);
  expect(keys.changesSince(-30_000) <= early).toBe(true);
});
