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

/* Units in milliseconds, and times as people read them, in UTC. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** `2026-03-02 14:00` of an ISO 8601 time. */
export const minuteText = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

/** `2026-03-02 14:00:30` of an ISO 8601 time. */
export const secondText = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** `2026-03-02`, the day of milliseconds since 1970. */
export const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * What a terminal obeys instead of showing it, and what shows nothing or turns its neighbours around: control characters
 * (C0, DEL, C1), separators of lines and paragraphs, halves of surrogate pairs, bidirectional controls, fillers without
 * width, tags. Joiners stay: scripts and emoji need them.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Longest line that a person may give, a reason for example, in characters. */
const MOST_CHARACTERS = 1000;

/**
 * A text of others as one line that is safe on a terminal and in a log: every character that would not be seen as itself
 * is written as JSON writes it, like `\u001b`. What it makes of JSON text is therefore the same JSON.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');

/** Plain data with every text in it, names of keys too, made {@link printable}: for what becomes lines for people. */
export function printableAll<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T; // a text stays a text
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(printableAll) as T; // as it was, text by text
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [printable(key), printableAll(part)])) as T;
}

/** What is wrong with a name or a reason that a person gives, `null` for nothing: it is one line that shows all it holds. */
export function lineFault(what: string, text: string): string | null {
  if (text.length > MOST_CHARACTERS)
    return `${what} has ${text.length} characters, more than ${MOST_CHARACTERS}: give a shorter one.`;
  if (printable(text) === text) return null;
  return `${what} has line breaks, control characters or marks that nobody sees: give it as one line of plain text.`;
}

/** What the operating system means, for codes that a user can do something about. */
const SYSTEM_ERRORS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space, or set MLOPS_HOME to another disk, and run again.',
  EROFS: 'The file system is read-only: set MLOPS_HOME to a directory that can be written.',
  EACCES: 'Permission denied: set MLOPS_HOME to a directory that can be written.',
  EMFILE: 'Too many open files: raise the limit with ulimit -n and run again.',
};

/** An error as one sentence on one line, without a stack trace; what another program said in it begins no line of its own. */
export const plainly = (error: unknown): string => printable(sentenceOf(error));

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (known !== undefined) return path === undefined ? known : `${known.slice(0, -1)} (${path}).`;
  return error.message;
}

/** What begins a list or a number of one, where a line begins. */
const LINE_START = /^(\s*)([-+]|\d+(?=[.)]))/;

/**
 * A text of others, a name or a reason, for the Web UI's Markdown: shown as it is and on one line, never as markup, HTML,
 * a link, an image or a further cell of a table.
 */
export const markdown = (text: string): string =>
  printable(text)
    .replace(/[\\`*_[\]<>#|~&@]/g, '\\$&')
    .replace(/:\/\//g, '\\:\\/\\/')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
    .replace(LINE_START, (_, space: string, sign: string) =>
      /\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`,
    );
