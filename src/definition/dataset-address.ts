import { printable } from '../contracts/text.js';

/** Longest address that is taken. */
export const MOST_ADDRESS = 4096;

/** An address by its scheme; a single letter is a drive. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** What looks like a user before a host, also where no parser makes an address of it. */
const USER_BEFORE_HOST = /^[\s\p{C}]*(?:[a-z][a-z0-9+.-]+:|[\\/]{2})[\\/]*[^\\/?#]*@/iu;

/** Parameters of a query that let in whoever has them: of presigned addresses of the clouds, and by the usual words. */
const SECRET_PARAMETER =
  /^(?:x-(?:amz|goog)-(?:signature|security-token)|sig|signature|(?:access|auth|id|private)?[_-]?token|api[_-]?key|password|passwd|pwd|(?:client)?[_-]?secret)$/i;

/** Schemes whose addresses have a host or a bucket behind the slashes. */
const WITH_HOST = ['http:', 'https:', 's3:'];

/**
 * Whether an address has a user name, a password or a token in it, in any of the forms that a browser or a server would
 * take for one: `http:user:pw@host`, `https:\\user:pw@host`, `HTTP:/user@host` and what a cloud has signed beforehand are
 * addresses with credentials too.
 */
export function holdsCredentials(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && SCHEME.test(url.href) && (url.username !== '' || url.password !== '')) return true;
  if (url !== null && [...url.searchParams.keys()].some((name) => SECRET_PARAMETER.test(name))) return true;
  return USER_BEFORE_HOST.test(address);
}

/** What is wrong with the address of a data set, in words that follow "it"; `null` for nothing, and for paths. */
export function addressFault(address: string): string | null {
  if (address.length > MOST_ADDRESS) return `has more than ${MOST_ADDRESS} characters`;
  if (printable(address) !== address) return 'has line breaks, control characters or marks that nobody sees';
  if (!SCHEME.test(address)) return null;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (WITH_HOST.includes(url.protocol) && !/^[a-z0-9]+:\/\/[^/\\]/i.test(address)))
    return 'is no address that can be read; write it like https://host/path, s3://bucket/key or file:///folder/file';
  return null;
}
