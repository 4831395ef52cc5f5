import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import { type MetricValues, metricValues } from '../../../src/ml/evaluation/metrics.js';
import { createRandom, type Random } from '../../../src/ml/random.js';
import { makeDirectory } from '../../support/temp.js';
import { askScikitLearn } from './scikit-learn.js';

const TOLERANCE = 1e-9;
const SIZES = [2, 3, 7, 30, 83, 1000, 20_000];
const SHARES = [0, 0.02, 0.1, 0.3, 0.5, 0.8, 0.95, 1];

interface Case {
  place: string;
  scores: number[];
  labels: number[];
  threshold: number;
}

/** Draws a score; the class shifts it, so that some cases are nearly separable. */
type Draw = (random: Random, label: number) => number;

const SHAPES: Record<string, Draw> = {
  random: (random) => random.float(),
  informative: (random, label) => 1 / (1 + Math.exp(2 - 4 * label - 4 * (random.float() - 0.5))),
  extreme: (random, label) => 1 / (1 + Math.exp(80 * (random.float() - label))),
  tenths: (random) => random.below(11) / 10,
  'two values': (random, label) => (random.float() < 0.3 + 0.4 * label ? 0.75 : 0.25),
  'zeros and ones': (random, label) => (random.float() < 0.1 ? 1 - label : label),
  separate: (random, label) => (random.float() + label) / 2,
  constant: () => 0.5,
};

/** A threshold, often at an edge: one of the scores, or one that calls all rows or none. */
function thresholdFor(scores: number[], random: Random): number {
  const some = Array.from({ length: 3 }, () => scores[random.below(scores.length)]!);
  const thresholds = [...some, 0.5, 0.37, 0, 1, Math.max(...scores) + 1e-9];
  return thresholds[random.below(thresholds.length)]!;
}

function casesOf(): Case[] {
  const random = createRandom(31_337);
  return SIZES.flatMap((size) =>
    SHARES.flatMap((share) =>
      Object.entries(SHAPES).map(([shape, draw]) => {
        const labels = Array.from({ length: size }, () => (random.float() < share ? 1 : 0));
        const scores = labels.map((label) => draw(random, label));
        const threshold = thresholdFor(scores, random);
        return { place: `${shape}, ${size} rows, share ${share}, at ${threshold}`, scores, labels, threshold };
      }),
    ),
  );
}

describe('metrics beside scikit-learn, of the same scores', () => {
  const cases = casesOf();
  const compared: { place: string; ours: MetricValues; theirs: MetricValues }[] = [];
  beforeAll(async () => {
    const directory = await makeDirectory();
    const question = cases.map(({ scores, labels, threshold }) => ({ scores, labels, threshold }));
    const found = await askScikitLearn<MetricValues[]>('metrics', directory, question).finally(() =>
      rm(directory, { recursive: true, force: true }),
    );
    cases.forEach(({ place, scores, labels, threshold }, i) => {
      const { values } = metricValues(Float64Array.from(scores), Uint8Array.from(labels), threshold);
      compared.push({ place, ours: values, theirs: found[i]! });
    });
  });

  it.each(METRIC_NAMES)('%s is the same within 1e-9, and undefined in the same cases', (metric) => {
    const differing = compared.flatMap(({ place, ours, theirs }) => {
      const [our, their] = [ours[metric], theirs[metric]];
      const same = our === null || their === null ? our === their : Math.abs(our - their) <= TOLERANCE;
      return same ? [] : { place, our, their };
    });
    expect(differing).toEqual([]);
    const values = compared.flatMap(({ theirs }) => theirs[metric] ?? []);
    expect(values.length).toBeGreaterThan(cases.length / 3);
    expect(new Set(values).size).toBeGreaterThan(cases.length / 12);
  });
});
