import { expect, test } from 'vitest';
import { sourceOf } from '../../lib/sources.ts';

test.each([
  ['192.0.2.1', '192.0.2.1', undefined],
  ['::ffff:192.0.2.1', '192.0.2.1', undefined],
  ['::ffff:c000:0201', '192.0.2.1', undefined],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:DB8:0001:2::6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ['test-invoke-source-ip', 'test-invoke-source-ip', undefined],
])('L2: %s counts as %s, in the network %s', (source_ip, address, network) => {
  expect(sourceOf(source_ip)).toEqual({ address, ...(network && { network }) });
});
