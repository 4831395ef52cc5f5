import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signed alert that is older, or further in the future, is not accepted: it may be a recorded one sent again. */
export const MAX_AGE_SECONDS = 300;

const SCHEME = 'v1=';

export interface Signed {
  /** Seconds since 1970, as sent in `x-mlops-timestamp`. */
  timestamp: string;
  /** The request's body, byte for byte as it was sent. */
  body: string | Uint8Array;
  secret: string;
}

/** `v1=` and the hexadecimal HMAC-SHA256 (RFC 2104) of `<timestamp>.<body>`: the value of `x-mlops-signature`. */
export function signatureOf({ timestamp, body, secret }: Signed): string {
  return SCHEME + createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/**
 * Whether a received alert was signed with the secret, not long ago. Takes the same time wherever signatures differ.
 * @param signed what was received; `signature` is `x-mlops-signature`, `now` the receiver's time
 */
export function verifySignature(signed: Signed & { signature: string; now: Date }): boolean {
  const age = Math.abs(signed.now.getTime() / 1000 - Number(signed.timestamp));
  const expected = Buffer.from(signatureOf(signed));
  const given = Buffer.from(signed.signature);
  return age <= MAX_AGE_SECONDS && given.length === expected.length && timingSafeEqual(given, expected);
}
