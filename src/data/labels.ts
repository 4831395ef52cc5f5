import { PipelineFailure } from '../contracts/failures.js';
import { spelledNumber } from './missing-words.js';

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
const MOST = Number.MAX_SAFE_INTEGER;

/** The number that `true` or `false` is to most tools. */
const BOOLEANS = [
  ['true', 1],
  ['false', 0],
] as const;

/**
 * The spellings of a definition (`target.labels`), ready to be compared with cells.
 * @throws DefinitionInvalid when two spellings of the same value have different classes
 */
export function labelSpellings(labels: Record<string, Label>): LabelSpellings {
  const exact = Object.entries(labels);
  const plain = new Map<string, Label>();
  const numbers = new Map<number, Label>();
  for (const [spelling, label] of exact) {
    take(plain, spelling.trim().toLowerCase(), label, 'in case or white space');
    const number = spelledNumber(spelling);
    if (number !== null && Math.abs(number) <= MOST) take(numbers, number, label, 'in how they write a number');
  }
  for (const [word, number] of BOOLEANS) {
    const [ofWord, ofNumber] = [plain.get(word), numbers.get(number)];
    if (ofWord === undefined && ofNumber !== undefined) plain.set(word, ofNumber);
    if (ofNumber === undefined && ofWord !== undefined) numbers.set(number, ofWord);
  }
  return { exact, plain: [...plain], numbers: [...numbers] };
}

function take<K>(classes: Map<K, Label>, key: K, label: Label, difference: string): void {
  if (classes.has(key) && classes.get(key) !== label)
    throw new PipelineFailure(
      'DefinitionInvalid',
      `target.labels: spellings that differ only ${difference} must have one class; correct the definition`,
    );
  classes.set(key, label);
}
