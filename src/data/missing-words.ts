import { onOneLine } from './cell-text.js';

/**
 * What tools write where a value is missing, in lower case: pandas, NumPy, R, SAS, Stata, SPSS, Weka, Excel with its
 * error values, databases, Julia, JavaScript, and people. Compared trimmed, whatever the case.
 */
const USUAL = [
  ...[
    '',
    'na',
    'n/a',
    'n.a.',
    'n.a',
    '<na>',
    'nan',
    '+nan',
    '-nan',
    'nat',
    'null',
    '<null>',
    '(null)',
    '[null]',
    'nil',
  ],
  ...['none', 'missing', 'undefined', '#n/a', '#n/a n/a', '#na', '1.#ind', '-1.#ind', '1.#qnan', '-1.#qnan', '1.#nan'],
  ...[
    '#null!',
    '#div/0!',
    '#value!',
    '#ref!',
    '#name?',
    '#num!',
    '\\n',
    '?',
    '??',
    '-',
    '--',
    '---',
    '\u2013',
    '\u2014',
  ],
  ...['.', '..', '...', '._', ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `.${letter}`)],
];

/** A number as everybody writes it. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The finite number that a text spells, `null` when it spells none. */
export function spelledNumber(text: string): number | null {
  const plain = text.trim();
  return NUMBER.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** What counts as missing: words, and numbers such as -999 however they are written. */
export interface MissingWords {
  /** Trimmed, in lower case. */
  words: string[];
  numbers: number[];
}

/** The usual words and those of the definition (`dataset.missing`). */
export function missingWords(own: readonly string[]): MissingWords {
  const words = own.flatMap((word) => [word, onOneLine(word)].map((each) => each.trim().toLowerCase()));
  const numbers = own.map(spelledNumber).filter((number) => number !== null);
  return { words: [...new Set([...USUAL, ...words])], numbers: [...new Set(numbers)] };
}
