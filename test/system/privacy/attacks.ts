import { rowFingerprints } from '../../../src/data/row-fingerprints.js';
import { allRows } from '../../unit/ml/samples.js';
import { FEATURES, type Row } from './published.js';

/** Decimals that colours and haemoglobin are written with, which is no secret; colours add up to 100. */
const COLOUR_DECIMALS = 4;
const HB_DECIMALS = 1;
/** Where such values lie, roughly. */
const COLOURS = { least: 10, greatest: 70 };
/** What rounding may leave of the sum, in ten thousandths. */
const ROUNDING = [-2, -1, 0, 1, 2];
const HB = { least: 2, greatest: 22 };

/** What an attacker can read of files, whatever their format. */
export interface Loot {
  /** Every number of the text files. */
  numbers: number[];
  /** Every eight bytes of the others that are a double. */
  doubles: Set<number>;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

export function lootOf(files: Iterable<Uint8Array>): Loot {
  const numbers = new Set<number>();
  const doubles = new Set<number>();
  for (const bytes of files) {
    const text = Buffer.from(bytes).toString('latin1');
    for (const [found] of text.matchAll(NUMBER)) numbers.add(Number(found));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A list of doubles may begin anywhere.
    for (let at = 0; at + 8 <= bytes.length; at++) doubles.add(view.getFloat64(at, true));
  }
  for (const double of doubles) numbers.add(double);
  return { numbers: [...numbers], doubles };
}

const scaled = (value: number, decimals: number): number => Math.round(value * 10 ** decimals);
const isWritten = (value: number, decimals: number): boolean => Number(value.toFixed(decimals)) === value;

/** Numbers that could be somebody's colour, in ten thousandths. */
const coloursIn = ({ numbers }: Loot): Set<number> =>
  new Set(
    numbers
      .filter((value) => value > COLOURS.least && value < COLOURS.greatest)
      .filter((value) => isWritten(value, COLOUR_DECIMALS))
      .map((value) => scaled(value, COLOUR_DECIMALS)),
  );

/** Every colour that a person may have: three of the numbers that add up. */
export function guessColours(loot: Loot): number[][] {
  const colours = coloursIn(loot);
  const sum = 100 * 10 ** COLOUR_DECIMALS;
  const found: number[][] = [];
  for (const r of colours)
    for (const g of colours)
      for (const b of ROUNDING.map((rest) => sum + rest - r - g))
        if (colours.has(b)) found.push([r, g, b].map((value) => value / 10 ** COLOUR_DECIMALS));
  return found;
}

/** Haemoglobins among the numbers. */
const guessHb = ({ numbers }: Loot): number[] =>
  numbers.filter((value) => value > HB.least && value < HB.greatest && isWritten(value, HB_DECIMALS));

/**
 * Rows that the loot confirms: every haemoglobin and class for every colour, each looked for by its fingerprint among the
 * doubles.
 * @param key what the attacker takes for the key
 */
export function confirm(loot: Loot, colours: number[][], hbs: number[], key: Uint8Array): Row[] {
  const guesses = colours.flatMap((colour) =>
    hbs.flatMap((hb) => ([0, 1] as const).map((label): Row => ({ values: [...colour, hb], label }))),
  );
  const table = {
    columns: FEATURES.map((_, f) => Float64Array.from(guesses, ({ values }) => values[f]!)),
    labels: Uint8Array.from(guesses, ({ label }) => label),
  };
  const prints = rowFingerprints(key, table, allRows(guesses.length));
  return guesses.filter((_, i) => loot.doubles.has(prints[i]!));
}

/** The rebuild: colours from numbers that add up, haemoglobin and class from fingerprints. */
export const rebuild = (loot: Loot, key: Uint8Array): Row[] => confirm(loot, guessColours(loot), guessHb(loot), key);

/** What is found of people whose colours are known. */
export const learnAbout = (loot: Loot, colours: number[][], key: Uint8Array): Row[] =>
  confirm(
    loot,
    colours,
    Array.from({ length: 10 * (HB.greatest - HB.least) }, (_, i) => HB.least + (i + 1) / 10),
    key,
  );

/** People who are taken for members of the training data, because their very values are among the numbers. */
export function membersByValue(loot: Loot, people: Row[]): Row[] {
  const colours = coloursIn(loot);
  return people.filter(({ values }) => values.slice(0, 3).some((value) => colours.has(scaled(value, COLOUR_DECIMALS))));
}

/** How many of the guesses are rows of these people. */
export function hits(guesses: Row[], people: Row[]): number {
  const known = new Set(people.map(textOf));
  return new Set(guesses.map(textOf).filter((text) => known.has(text))).size;
}

const textOf = ({ values, label }: Row): string => `${values.map((value) => Number(value.toFixed(4))).join()}/${label}`;
