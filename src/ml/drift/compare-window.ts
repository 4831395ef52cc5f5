import { FEWEST_SHARING } from '../../contracts/limits.js';
import type { ColumnCounts, ColumnDrift, ColumnHistogram, ColumnRole, Hypothesis } from '../../contracts/monitoring.js';
import type { CategoricalReference, NumericReference, ReferenceProfile } from '../../contracts/reference.js';
import type { DriftTestName } from '../../contracts/vocabulary.js';
import { type CategoryCounts, fewValues, matchCategories } from './categories.js';
import { cellsOf, countWindow } from './cells.js';
import { categoryHistogram, numericHistogram, valueHistogram } from './column-histogram.js';
import { chiSquareHomogeneity } from './statistics/chi-square.js';
import { chooseTest, judgeTest } from './statistics/index.js';
import { jensenShannon } from './statistics/jensen-shannon.js';
import { kolmogorovSmirnov } from './statistics/kolmogorov-smirnov.js';
import { equalProportions, firstCategory } from './statistics/proportions.js';
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
 * score. Each column gets Evidently's default test and stability index, and hypotheses about its distribution, missing
 * values and range that error control has yet to judge: `adjustedP` is p and `drifted` false. What cannot be tested is
 * left out.
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
function compareNumeric(
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
function compareCategorical(
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

/** Least difference of the shares of missing values that counts as drift. */
const MINIMUM_MISSING_DIFFERENCE = 0.05;
/** Least share of a window's rows outside the reference's range that counts as drift. */
const MINIMUM_SHARE_OUTSIDE = 0.01;

/** A hypothesis before error control has judged it together with all others of the window. */
function unjudged(about: Hypothesis['about'], p: number, effect: Hypothesis['effect']): Hypothesis {
  return { about, p, adjustedP: p, effect, drifted: false };
}

/** That numbers follow another distribution. */
function numericDistribution(p: number, distance: number, minimum: number): Hypothesis {
  return unjudged('distribution', p, { name: 'normed Wasserstein distance', value: distance, minimum });
}

/** That categories have other shares: Fisher's exact or Z test of two, chi-square test of homogeneity of more. */
function categoryDistribution({ reference, current }: CategoryCounts, distance: number, minimum: number): Hypothesis {
  const effect = { name: 'Jensen-Shannon distance', value: distance, minimum };
  return unjudged('distribution', categoriesP(reference, current), effect);
}

function categoriesP(reference: number[], current: number[]): number {
  if (reference.length < 2) return 1;
  if (reference.length > 2) return chiSquareHomogeneity(reference, current);
  return equalProportions(firstCategory(reference), firstCategory(current));
}

/** That values are missing more or less often; none where no value is missing on either side, or a side has no rows. */
function missingHypotheses(reference: ColumnCounts, current: ColumnCounts): Hypothesis[] {
  const before = { count: reference.missing, rows: reference.rows + reference.missing };
  const now = { count: current.missing, rows: current.rows + current.missing };
  if (before.rows === 0 || now.rows === 0 || before.count + now.count === 0) return [];
  return [
    unjudged('missing', equalProportions(before, now), {
      name: 'difference of missing shares',
      value: Math.abs(before.count / before.rows - now.count / now.rows),
      minimum: MINIMUM_MISSING_DIFFERENCE,
    }),
  ];
}

/** Rows of a window beyond the ends of the reference. */
interface RowsOutside {
  /** At least 1. */
  referenceRows: number;
  windowRows: number;
  /** Rows of the window beyond the reference's least value, and beyond its greatest. */
  below: number;
  above: number;
}

/** That values lie outside the reference's range more often than chance explains. */
function rangeHypothesis(outside: RowsOutside): Hypothesis {
  return unjudged('range', rangeP(outside), {
    name: 'share of rows out of range',
    value: (outside.below + outside.above) / outside.windowRows,
    minimum: MINIMUM_SHARE_OUTSIDE,
  });
}

/** Below this no product of probabilities matters any more. */
const NEGLIGIBLE = 1e-300;

/**
 * P(at least k of m new rows lie above all n of the reference) when all n + m are exchangeable and have no ties: the k
 * greatest are all new, Π_{i<k} (m - i) / (n + m - i). With ties, an upper bound.
 */
function exceedanceP(n: number, m: number, k: number): number {
  let p = 1;
  for (let i = 0; i < k && p > NEGLIGIBLE; i++) p *= (m - i) / (n + m - i);
  return p > NEGLIGIBLE ? p : 0;
}

/**
 * Whether more rows of a window lie outside the reference's range than chance explains: the smaller of both sides'
 * probabilities, doubled for having looked at two.
 * @returns p
 */
export function rangeP({ referenceRows, windowRows, below, above }: RowsOutside): number {
  const p = (exceeding: number): number => exceedanceP(referenceRows, windowRows, exceeding);
  return Math.min(1, 2 * Math.min(p(below), p(above)));
}
