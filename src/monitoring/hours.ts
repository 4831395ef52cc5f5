const MILLISECONDS = 3_600_000;

/** Milliseconds since 1970 of an ISO 8601 time. */
export const timeOf = (iso: string): number => Date.parse(iso);

/** Hours as milliseconds. */
export const hours = (count: number): number => count * MILLISECONDS;

/** 1 hour, 36 hours. */
export const hoursText = (count: number): string => `${count} hour${count === 1 ? '' : 's'}`;
