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
