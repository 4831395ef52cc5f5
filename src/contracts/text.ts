/** Digits of a hash by which people tell it from others. */
export const DIGEST_DIGITS = 12;

/** The beginning of a hash, as people see and give it. */
export const shortDigest = (hash: string): string => hash.slice(0, DIGEST_DIGITS);

/** Three decimals, as every metric is shown. @param none stands for no value */
export const decimals = (value: number | null | undefined, none = '-'): string => value?.toFixed(3) ?? none;

/** Three decimals with the sign, `+0.012`. */
export const signedDecimals = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;

/** A share of one in per cent, without the noise of a product: 0.575 is 57.5. @param digits decimals at most */
export const percentOf = (share: number, digits = 3): number => Number((share * 100).toFixed(digits));

/** `1 hour`, `36 hours`. @param plural where it is not the noun with an s */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;

// Units in milliseconds, and times as people read them, in UTC.
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** `2026-03-02 14:00` of an ISO 8601 time. */
export const minuteText = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

/** `2026-03-02 14:00:30` of an ISO 8601 time. */
export const secondText = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** `2026-03-02`, the day of milliseconds since 1970. */
export const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);
