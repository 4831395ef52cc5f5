const MINUTES: Record<string, number> = { m: 1, h: 60, d: 24 * 60 };

/** Minutes in a text like `90m`, `24h` or `7d`. @throws Error naming the option */
export function readDuration(option: string, text: string): number {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(text.trim()) ?? [];
  const minutes = Number(amount) * (MINUTES[unit ?? ''] ?? NaN);
  if (!(minutes > 0)) throw new Error(`${option} is not a duration: give one like 90m, 24h or 7d.`);
  return minutes;
}

/** A point in time that is not in the future. @throws Error naming the option */
export function readPastTime(option: string, text: string): Date {
  const time = readTime(option, text);
  if (time.getTime() > Date.now())
    throw new Error(`${option} is in the future: only what was predicted can be checked.`);
  return time;
}

/** A point in time, in UTC where the text names no zone, as all times that are shown. @throws Error naming the option */
export function readTime(option: string, text: string): Date {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':');
  const time = new Date(zoned ? text : `${text}Z`);
  if (Number.isNaN(time.getTime())) throw new Error(`${option} is not a time: give one like 2026-11-24T09:30Z.`);
  return time;
}
