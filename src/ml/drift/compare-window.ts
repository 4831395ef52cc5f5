import { FEWEST_SHARING } from '../../contracts/limits.js';
import type { ColumnCounts, ColumnDrift, ColumnHistogram, ColumnRole } from '../../contracts/monitoring.js';
import type { DriftTestName } from '../../contracts/vocabulary.js';
import type { CategoricalReference, NumericReference, ReferenceProfile } from '../../contracts/reference.js';
import { cellsOf, countWindow } from './cells.js';
import { type CategoryCounts, fewValues, matchCategories } from './categories.js';
import { categoryHistogram, numericHistogram, valueHistogram } from './column-histogram.js';
import { categoryDistribution, missingHypotheses, numericDistribution, rangeHypothesis } from './hypotheses.js';
import { chooseTest, judgeTest } from './statistics/index.js';
import { jensenShannon } from './statistics/jensen-shannon.js';
import { kolmogorovSmirnov } from './statistics/kolmogorov-smirnov.js';
import { psi } from './statistics/psi.js';
import type { NumericSamples } from './statistics/statistic.js';
import { wasserstein } from './statistics/wasserstein.js';

/** Numeric columns of at most so many distinct values are treated as categories. */
const FEW_VALUES = 5;

/** What a model was asked and answered in a window of time; columns need not have the same length. */
export interface Window {
  /** By name, numbers up to 1e300 in size; a feature that is not there is missing in every row. */
  features: ReadonlyMap<string, Float64Array>;
  /** Probabilities of the positive class. */
  scores: Float64Array;
  /** Classes, 0 or 1. */
  predictions: Uint8Array;
}

/** What differs in a column, whatever its kind; `null` and none where a side has no value. */
type Findings = Pick<ColumnDrift, 'test' | 'stability' | 'hypotheses' | 'histogram'>;

const NOTHING: Findings = { test: null, stability: null, hypotheses: [], histogram: null };

/**
 * Compares a window with the reference, column by column: all features in the reference's order, the prediction and the
 * score. Each column gets Evidently's default test and stability index, and hypotheses about its distribution, missing values and range
 * that error control has yet to judge: `adjustedP` is p and `drifted` false. What cannot be tested is left out.
 * Time is linear in the rows; memory beyond the window is 2 bytes a row and what the reference needs.
 * @param minimumEffect least distance of distributions that can be drift: normed Wasserstein or Jensen-Shannon
 */
export function compareWindow(
  reference: ReferenceProfile,
  window: Window,
  { minimumEffect }: { minimumEffect: number },
): ColumnDrift[] {
  const absent = new Float64Array(window.predictions.length).fill(NaN);
  const features = reference.features.map((feature) =>
    compareNumeric(feature, window.features.get(feature.name) ?? absent, 'feature', minimumEffect),
  );
  const prediction = compareCategorical(reference.prediction, window.predictions, 'prediction', minimumEffect);
  return [...features, prediction, compareNumeric(reference.score, window.scores, 'score', minimumEffect)];
}

/** Compares a column of numbers; values that are not finite are missing. */
export function compareNumeric(
  reference: NumericReference,
  values: Float64Array,
  role: ColumnRole,
  minimumEffect: number,
): ColumnDrift {
  const cells = cellsOf(reference);
  const counted = countWindow(cells, values);
  const before = countsOf(reference);
  const now = countsOf(counted);
  const samples = { cells, standardDeviation: reference.standardDeviation ?? 0, values, counted };
  const found = before.rows > 0 && now.rows > 0 ? findNumeric(samples, minimumEffect) : NOTHING;
  const hypotheses = [...found.hypotheses, ...missingHypotheses(before, now)];
  return { column: reference.name, role, kind: 'numeric', reference: before, current: now, ...found, hypotheses };
}

/** Compares a column of categories that are small whole numbers; none is missing. */
export function compareCategorical(
  reference: CategoricalReference,
  values: Uint8Array,
  role: ColumnRole,
  minimumEffect: number,
): ColumnDrift {
  const before = { rows: reference.rows, missing: reference.missing, mean: null };
  const now = { rows: values.length, missing: 0, mean: null };
  const counts = matchCategories(reference, values);
  const found =
    before.rows > 0 && now.rows > 0 ? findCategories(counts, minimumEffect, categoryHistogram(counts)) : NOTHING;
  const hypotheses = [...found.hypotheses, ...missingHypotheses(before, now)];
  return { column: reference.name, role, kind: 'categorical', reference: before, current: now, ...found, hypotheses };
}

/** What may be told of what holds more. */
const countsOf = ({ rows, missing, mean }: ColumnCounts): ColumnCounts => ({
  rows,
  missing,
  mean: rows < FEWEST_SHARING ? null : mean,
});

function findNumeric(samples: NumericSamples, minimumEffect: number): Findings {
  const { cells, counted, values } = samples;
  const few = fewValues(cells, values, FEW_VALUES);
  const found =
    few === null ? findContinuous(samples, minimumEffect) : findCategories(few, minimumEffect, valueHistogram(few));
  const { counts } = counted;
  const range = rangeHypothesis({
    referenceRows: cells.rows,
    windowRows: counted.rows,
    below: counts[0]!,
    above: counts[counts.length - 1]!,
  });
  return { ...found, hypotheses: [...found.hypotheses, range] };
}

function findContinuous(samples: NumericSamples, minimumEffect: number): Findings {
  const p = kolmogorovSmirnov.numbers.valueOf(samples);
  const distance = wasserstein.numbers.valueOf(samples);
  const known = new Map<DriftTestName, number>([
    [kolmogorovSmirnov.name, p],
    [wasserstein.name, distance],
  ]);
  const test = chooseTest('numbers', { referenceRows: samples.cells.rows, distinct: Infinity });
  return {
    test: judgeTest(test, known.get(test.name) ?? test.numbers.valueOf(samples)),
    stability: judgeTest(psi, psi.numbers.valueOf(samples)),
    hypotheses: [numericDistribution(p, distance, minimumEffect)],
    histogram: numericHistogram(samples.cells, samples.values),
  };
}

function findCategories(counts: CategoryCounts, minimumEffect: number, histogram: ColumnHistogram): Findings {
  const distance = jensenShannon.categories.valueOf(counts);
  const referenceRows = counts.reference.reduce((sum, count) => sum + count, 0);
  const test = chooseTest('categories', { referenceRows, distinct: counts.categories.length });
  return {
    test: judgeTest(test, test.name === jensenShannon.name ? distance : test.categories.valueOf(counts)),
    stability: judgeTest(psi, psi.categories.valueOf(counts)),
    hypotheses: [categoryDistribution(counts, distance, minimumEffect)],
    histogram,
  };
}
