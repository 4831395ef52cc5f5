import { createRandom, type Random } from '../../../src/ml/random.js';

/** One side of a frame. */
export interface Side {
  features: Map<string, Float64Array>;
  scores: Float64Array;
  predictions: Uint8Array;
}

export interface Frame {
  reference: Side;
  current: Side;
}

/** Draws one value; `shift` is 0 for the reference, and for the window as far as it moved. */
type Draw = (random: Random, shift: number) => number;

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());

/** Shapes of columns: continuous, tied, of few values, on odd scales, with gaps, with values missing. */
const SHAPES: Record<string, Draw> = {
  normal: (random, shift) => normal(random) + shift,
  uniform: (random, shift) => random.float() + shift / 4,
  lognormal: (random, shift) => Math.exp(1.5 * normal(random) + shift),
  twoHumps: (random, shift) => (random.float() < 0.5 + shift / 4 ? 0 : 100) + normal(random),
  farAway: (random, shift) => 1e9 + 1e-2 * (normal(random) + shift),
  tiny: (random, shift) => 1e-5 * (normal(random) + shift),
  tenths: (random, shift) => Math.round(10 * (normal(random) + shift)) / 10,
  whole: (random, shift) => random.below(30) + Math.round(4 * shift),
  mostlyZero: (random, shift) => (random.float() < 0.7 - shift / 4 ? 0 : normal(random) ** 2),
  twenty: (random, shift) => Math.min(19, random.below(20) + Math.round(4 * shift)),
  five: (random, shift) => (random.float() < shift / 4 ? 0 : random.below(5)),
  three: (random, shift) => (random.float() < shift / 4 ? 2 : random.below(3)) / 2,
  flag: (random, shift) => (random.float() < 0.3 + shift / 4 ? 1 : 0),
  constant: () => 7.25,
  movedConstant: (_, shift) => 7.25 + shift,
  fewMissing: (random, shift) => (random.float() < 0.1 + shift / 10 ? NaN : normal(random) + shift),
  mostlyMissing: (random, shift) => (random.float() < 0.8 ? NaN : normal(random) + shift),
  infinite: (random, shift) => (random.float() < 0.05 ? Infinity : normal(random) + shift),
  missing: (random, shift) => (shift > 0 ? NaN : normal(random)),
};
const NAMES = Object.keys(SHAPES);
const SHIFTS = [0, 0, 0.05, 0.2, 1];

/** Rows between limits, as often in each decade. */
const rowsBetween = (random: Random, least: number, most: number): number =>
  Math.round(least * (most / least) ** random.float());

function draw(random: Random, shape: string, rows: number, shift: number): Float64Array {
  const values = new Float64Array(rows).map(() => SHAPES[shape]!(random, shift));
  // Evidently raises where nothing is left; that is a case of its own.
  if (shape !== 'missing' && !values.some(Number.isFinite)) values[0] = 1;
  return values;
}

function side(random: Random, shapes: string[], rows: number, shift: number): Side {
  const scores = new Float64Array(rows).map(() => 1 / (1 + Math.exp(-normal(random) - shift)));
  return {
    features: new Map(shapes.map((shape) => [shape, draw(random, shape, rows, shift)])),
    scores,
    predictions: Uint8Array.from(scores, (score) => (score >= 0.5 ? 1 : 0)),
  };
}

/**
 * Frame number `index` of an endless, fixed series: two shapes of features, a score and a prediction. Every seventh has
 * a reference of 10,000 to 100,000 rows, the others as often 20 to 1000 as 1000 to 10,000; windows have 20 to 100,000.
 */
export function frameOf(index: number): Frame {
  const random = createRandom(20_250, index);
  const [least, most] = index % 7 === 6 ? [10_000, 100_000] : index % 2 === 0 ? [20, 1000] : [1000, 10_000];
  const rows = rowsBetween(random, least, most);
  const shapes = [NAMES[index % NAMES.length]!, NAMES[(index * 7 + 3) % NAMES.length]!];
  const distinct = [...new Set(shapes)];
  return {
    reference: side(random, distinct, rows, 0),
    current: side(random, distinct, rowsBetween(random, 20, index % 5 === 0 ? 100_000 : 10_000), SHIFTS[index % 5]!),
  };
}
