/** Stands for a field whose bytes are no UTF-8, so it is no text of a cell's own. */
export const INVALID_FIELD = '\u0001';

/** What `isCellText` asks, for messages. */
export const CELL_TEXT_WORDS =
  'text that a table can hold, which is none with NUL, U+0001 or half a character (an unpaired surrogate)';

/** Whether a cell or a header of a table can say this: what cannot be there need not be looked for. */
export const isCellText = (text: string): boolean =>
  !text.includes('\0') && !text.includes(INVALID_FIELD) && !/\p{Cs}/u.test(text);

/** A text as it is read from a CSV file, where a line break inside a field becomes a space. */
const onOneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

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
function spelledNumber(text: string): number | null {
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

type Label = 0 | 1;

/** How the label of a cell is found: by the first of these that knows it. */
export interface LabelSpellings {
  /** As the definition spells them. */
  exact: [spelling: string, label: Label][];
  /** Trimmed and in lower case; `true` and `false` count as 1 and 0, and the other way round, unless they are spelt. */
  plain: [spelling: string, label: Label][];
  /** By value: 1, 1.0 and 1e0 are one label. */
  numbers: [value: number, label: Label][];
}

/** Beyond it neighbouring whole numbers share a double, so they are told apart as texts alone. */
const LARGEST_WHOLE = Number.MAX_SAFE_INTEGER;

/** The number that `true` or `false` is to most tools. */
const BOOLEANS = [
  ['true', 1],
  ['false', 0],
] as const;

/** How spellings are compared that are not the same: without white space around them, in lower case and one Unicode form. */
const plainSpelling = (text: string): string => text.trim().normalize('NFC').toLowerCase();

const numberOfSpelling = (text: string): number | null => {
  const number = spelledNumber(text);
  return number !== null && Math.abs(number) <= LARGEST_WHOLE ? number : null;
};

/** The spellings of a definition (`target.labels`), ready to be compared with cells. */
export function labelSpellings(labels: Record<string, Label>): LabelSpellings {
  const exact = Object.entries(labels);
  const plain = new Map(
    exact.flatMap(([spelling, label]) => [spelling, onOneLine(spelling)].map((each) => [plainSpelling(each), label])),
  );
  const numbers = new Map<number, Label>();
  for (const [spelling, label] of exact) {
    const number = numberOfSpelling(spelling);
    if (number !== null) numbers.set(number, label);
  }
  for (const [word, number] of BOOLEANS) {
    const [ofWord, ofNumber] = [plain.get(word), numbers.get(number)];
    if (ofWord === undefined && ofNumber !== undefined) plain.set(word, ofNumber);
    if (ofNumber === undefined && ofWord !== undefined) numbers.set(number, ofWord);
  }
  return { exact, plain: [...plain], numbers: [...numbers] };
}

/** The class of a text by the first way of comparing that knows it, as `labelOf` of `typed-rows.ts` finds that of a cell. */
export function labelOfText({ exact, plain, numbers }: LabelSpellings, text: string): Label | undefined {
  const [word, number] = [plainSpelling(text), numberOfSpelling(text)];
  const known =
    exact.find(([spelling]) => spelling === text) ??
    plain.find(([spelling]) => spelling === word) ??
    numbers.find(([value]) => value === number);
  return known?.[1];
}

/** What makes a target ambiguous: at which of its keys, and the rest of a sentence that begins with "it". */
interface TargetProblem {
  key: 'labels' | 'positive' | 'negative';
  message: string;
}

/**
 * Two classes for one value, classes with one name, or the name of a class among the spellings of the other one; `null`
 * when a target has none of these.
 */
export function targetProblem(target: {
  labels: Record<string, Label>;
  positive: string;
  negative: string;
}): TargetProblem | null {
  const { labels, positive, negative } = target;
  const plain = new Map<string, Label>();
  const numbers = new Map<number, Label>();
  for (const [spelling, label] of Object.entries(labels)) {
    const [word, number] = [plainSpelling(onOneLine(spelling)), numberOfSpelling(spelling)];
    if ((plain.get(word) ?? label) !== label)
      return { key: 'labels', message: twoClasses('differ only in case or white space') };
    if (number !== null && (numbers.get(number) ?? label) !== label)
      return { key: 'labels', message: twoClasses('are one number, however it is written') };
    plain.set(word, label);
    if (number !== null) numbers.set(number, label);
  }
  if (plainSpelling(positive) === plainSpelling(negative))
    return { key: 'negative', message: 'must be another name than that of target.positive' };
  const classOf = (name: string) => plain.get(plainSpelling(name)) ?? numbers.get(numberOfSpelling(name) ?? NaN);
  if (classOf(positive) === 0) return { key: 'positive', message: swapped(0, 1) };
  if (classOf(negative) === 1) return { key: 'negative', message: swapped(1, 0) };
  return null;
}

const twoClasses = (likeness: string) => `must give one class to spellings that ${likeness}`;
const swapped = (found: Label, named: Label) =>
  `must not be a spelling that target.labels gives the class ${found}, because it names the class ${named}`;
