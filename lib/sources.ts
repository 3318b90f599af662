import { isIPv6 } from 'node:net';

/** Where requests come from, as far as they are counted together. */
export interface Source {
  /**
   * An IPv4 address, or the /64 network of an IPv6 address: a single subscriber is given all of a /64 (RFC 6177) and
   * could come from a new address of it each time.
   */
  address: string;
  /** The /48 network of an IPv6 address, of which a site may have been given all. */
  network?: string;
}

/** The source of a request, from the address that the gateway saw; also for whatever else stands in its place. */
export function sourceOf(source_ip: string): Source {
  const [address = ''] = source_ip.split('%');
  if (!isIPv6(address)) return { address: source_ip };
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return {
      address: groups
        .slice(6)
        .flatMap((group) => [group >> 8, group & 0xff])
        .join('.'),
    };
  }
  const network = (count: number) =>
    groups
      .slice(0, count)
      .map((group) => group.toString(16))
      .join(':');
  return { address: `${network(4)}::/64`, network: `${network(3)}::/48` };
}

function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
