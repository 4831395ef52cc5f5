import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';

/** Lines longer than this are hard to read; a hash behind its label needs 78. */
const MAX_WIDTH = 100;

type Options = NonNullable<ConstructorParameters<typeof Table>[0]>;

/** A table in plain colours, without lines between its rows. */
export const tableOf = (head: string[], options: Pick<Options, 'colAligns' | 'colWidths' | 'wordWrap'> = {}) =>
  new Table({ head, style: { head: [], border: [], compact: true }, ...options });

/** How wide a text may be on this terminal. */
const textWidth = (most = MAX_WIDTH): number => Math.min(process.stdout.columns || most, most);

/** Wrapped at the terminal's width where there are spaces, later lines below the first letter. */
export const wrapped = (text: string, indent = 0, most = MAX_WIDTH): string =>
  wrapAnsi(text, textWidth(most) - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);

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
