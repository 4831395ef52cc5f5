import { printable } from './printable.js';

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
