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
