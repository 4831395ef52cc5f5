import fc from 'fast-check';
import { RESERVED_NAMES } from '../../../../src/contracts/limits.js';

/** Mostly members that a definition may hold, ugly as they are; seldom ones that it may not. */
export const mostly = <T, U = never>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 80, arbitrary: good }, { weight: 1, arbitrary: bad });

/** Words that requests, answers, logs, tables and objects use themselves. */
export const WORDS = [
  ...['scores', 'id', 'model', 'rowid', 'probability', 'predictions', 'statuscode', 'body', 'version', 'row'],
  ...['valueof', 'tostring', 'data', 'columns', 'headers', 'httpmethod', 'features', 'select', 'f0', 's0', 'fault'],
];

export const NAME_LIMIT = 63;
export const name = mostly(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...WORDS, 'x'.repeat(NAME_LIMIT), `y${'_'.repeat(NAME_LIMIT - 1)}`) },
    fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/),
  ),
  fc.constantFrom(...RESERVED_NAMES, '__proto__', 'x'.repeat(NAME_LIMIT + 1), 'Hb', 'a.b', 'a"b', '1st', 'häm', ''),
);

/** What people and programs write in a cell and for a class: of any script, with marks of CSV, SQL and HTML. */
export const WRITINGS = [
  ...['yes', 'No', '1', '0', '1.0', '00', '-1', '1e3', '1,5', '1_0', 'true', 'FALSE', 'NA', 'NaN', '?', '-', 'null'],
  ...['"', "'", 'a"b', "o'clock", 'a,b', 'a;b', 'a|b', 'a\tb', 'nicht krank 🙂', 'e\u0301', 'é', 'ẞ', 'İ', 'ı', '病気'],
  ...['inf', '__proto__', 'constructor', 'toString', '<b>', '{{1}}', '=1+1', '%', '# a', '\\', '$1'],
  "'; DROP TABLE typed; --",
];
const writing = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WRITINGS) },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) },
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
/** No text on one line, or none that a file can hold. */
const unprintable = fc.constantFrom('a\nb', 'a\rb', '\ud800', '\udc00b', '\u2028', '\u0000', '\u0007', 'a\u0000b');

export const UNIT_LIMIT = 40;
export const unit = mostly(
  fc.oneof(
    fc.constantFrom('', '%', 'g/dL', 'µmol/l', 'k'.repeat(UNIT_LIMIT), '🩸'.repeat(UNIT_LIMIT), '"', '<i>', '10³/µl'),
    writing,
  ),
  fc.oneof(fc.constantFrom('grams of haemoglobin per decilitre of whole venous blood'), unprintable),
);

export const CLASS_LIMIT = 200;
export const className = mostly(
  fc.oneof(
    fc.constantFrom('anaemic', ' padded ', 'x'.repeat(CLASS_LIMIT), '🩸'.repeat(CLASS_LIMIT), 'positive', 'negative'),
    writing,
  ),
  fc.oneof(fc.constantFrom('', 'x'.repeat(CLASS_LIMIT + 1)), unprintable),
);

export const source = mostly(
  fc.oneof(
    fc.constantFrom('Hb (g/dL)', '  padded  ', 'zwei\nZeilen', 'x'.repeat(500), 'label', 'rowid', 'sep=;'),
    writing,
  ),
  fc.oneof(fc.constantFrom('', '  '), unprintable),
);

export const labels = fc
  .uniqueArray(mostly(fc.oneof(writing, fc.constantFrom('  padded  ', 'ja\nnein')), unprintable), {
    minLength: 2,
    maxLength: 4,
  })
  .map((spellings) => Object.fromEntries(spellings.map((spelling, i) => [spelling, i % 2])));
