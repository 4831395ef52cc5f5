import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What a download may take, and where it may go. */
export interface DownloadLimits {
  /** Bytes of the whole file, unpacked where it was packed for the way. */
  maxBytes: number;
  /** Milliseconds without a byte after which the connection is given up. */
  idleMs: number;
  /** Hosts, in small letters and with a port where only that one is meant, that may have private addresses. */
  hosts: readonly string[];
}

/** 10 GiB, a minute of silence, and the Internet alone. */
export const DEFAULT_DOWNLOAD_LIMITS: DownloadLimits = { maxBytes: 10 * 2 ** 30, idleMs: 60_000, hosts: [] };

/** Networks that are not the Internet, by the registries of special-purpose addresses of IANA; the last is Azure's host. */
const IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];

/** Those of IPv6, with the ones that hold an address of IPv4 and would lead to it through a gateway. */
const IPV6 = [
  ...['::/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '100:0:0:1::/64', '2001::/23'],
  ...['2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

const BLOCKED = new BlockList();
for (const [family, networks] of [['ipv4', IPV4] as const, ['ipv6', IPV6] as const])
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    BLOCKED.addSubnet(address, Number(bits), family);
  }

/**
 * Whether an IP address belongs to this machine, a private network, a link (clouds tell credentials there) or is otherwise
 * none of the Internet; an IPv4 address written as one of IPv6 counts as what it is.
 */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%'); // the zone of a link-local address
  const version = isIP(bare);
  return version === 0 || BLOCKED.check(bare, version === 6 ? 'ipv6' : 'ipv4');
}

/** The name or address of a URL without the brackets of IPv6, as a setting names it. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').toLowerCase();

/** A host that resolves to, or is, a private address. */
export class PrivateAddress extends Error {
  constructor(readonly address: string) {
    super(`It leads to the private address ${address}`);
  }
}

/** Looks a name up as Node does, but fails with `PrivateAddress` where any of its addresses is one. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const inside = error === null ? addresses.find(({ address }) => isPrivateAddress(address)) : undefined;
    const fault = error ?? (inside === undefined ? null : new PrivateAddress(inside.address));
    if (fault !== null) callback(fault, []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
