import type { Window } from '../src/ml/drift/compare-window.js';
import { createRandom, type Random } from '../src/ml/random.js';

/** Made-up rows: four correlated features, the last of them skewed, and what a model says of each. */
export interface Population {
  features: { name: string; values: Float64Array }[];
  scores: Float64Array;
  predictions: Uint8Array;
  labels: Uint8Array;
}

/** How long windows are drawn: without drift, and for a shift to be seen. */
export const QUARTER_HOURS = 90 * 24;
export const WEEK_HOURS = 7 * 24;
/** And for a loss of performance, whose labels are of a week. */
export const LOSS_HOURS = 2 * WEEK_HOURS;

/** Shifts of each feature in standard deviations. */
export const NO_SHIFT: readonly number[] = [0, 0, 0, 0];
export const ONE_SHIFT: readonly number[] = [0.5, 0, 0, 0];
export const ALL_SHIFTED: readonly number[] = [0.5, 0.5, 0.5, 0.5];

const NAMES = ['a', 'b', 'c', 'd'];
/** Of any two features, before the last one is skewed. */
const CORRELATION = 0.3;
/** Log-odds of the score: about a quarter of the rows are positive. */
const INTERCEPT = -1.2;
const SLOPE = 0.67;
const THRESHOLD = 0.5;

/** Two independent standard normal numbers (Box & Muller 1958). */
function normals(random: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - random.float()));
  const angle = 2 * Math.PI * random.float();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/**
 * Makes a population that windows and references are drawn from.
 * @param shifts of each feature, in standard deviations
 */
export function makePopulation(rows: number, shifts: readonly number[], seed: number): Population {
  const random = createRandom(seed);
  const features = NAMES.map((name) => ({ name, values: new Float64Array(rows) }));
  const [scores, predictions, labels] = [new Float64Array(rows), new Uint8Array(rows), new Uint8Array(rows)];
  for (let i = 0; i < rows; i++) {
    const [common] = normals(random);
    let sum = 0;
    features.forEach(({ values }, f) => {
      const [own] = normals(random);
      values[i] = Math.sqrt(1 - CORRELATION) * own + Math.sqrt(CORRELATION) * common + shifts[f]!;
      sum += values[i]!;
    });
    const skewed = features[3]!.values;
    skewed[i] = Math.exp(skewed[i]! / 2);
    scores[i] = 1 / (1 + Math.exp(-(INTERCEPT + SLOPE * sum)));
    predictions[i] = scores[i]! >= THRESHOLD ? 1 : 0;
    labels[i] = random.float() < scores[i]! ? 1 : 0;
  }
  return { features, scores, predictions, labels };
}

/** The same rows, of which a share has a label that says nothing of them: as often positive as all are. */
export function withLabelsAtRandom(population: Population, share: number, seed: number): Population {
  const random = createRandom(seed);
  const { labels } = population;
  return {
    ...population,
    labels: labels.map((label) => (random.float() < share ? labels[random.below(labels.length)]! : label)),
  };
}

/** Rows drawn with replacement. */
export function draw(population: Population, rows: number, random: Random): Population {
  const chosen = Int32Array.from({ length: rows }, () => random.below(population.labels.length));
  const pick = <T extends Float64Array | Uint8Array>(from: T, to: T): T => {
    for (let i = 0; i < rows; i++) to[i] = from[chosen[i]!]!;
    return to;
  };
  return {
    features: population.features.map(({ name, values }) => ({ name, values: pick(values, new Float64Array(rows)) })),
    scores: pick(population.scores, new Float64Array(rows)),
    predictions: pick(population.predictions, new Uint8Array(rows)),
    labels: pick(population.labels, new Uint8Array(rows)),
  };
}

/** The rows as a window of a drift check. */
export const windowOf = ({ features, scores, predictions }: Population): Window => ({
  features: new Map(features.map(({ name, values }) => [name, values])),
  scores,
  predictions,
});
