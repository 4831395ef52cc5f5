import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { userInfo } from 'node:os';

/** Bytes of the key that only the user can read who owns the home. */
const KEY_BYTES = 32;

export const newOsUserKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** What the operating system calls the user of this process; by number where it has no name, as in a container. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Base64 of the HMAC that whoever can read the key makes for a text. */
export const macOf = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('base64');

export function isMacOf(key: Uint8Array, text: string, mac: string): boolean {
  const [expected, given] = [Buffer.from(macOf(key, text), 'base64'), Buffer.from(mac, 'base64')];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
