import { FEWEST_SHARING } from '../../contracts/disclosure.js';
import type { ColumnCounts, ColumnDrift, ColumnRole, DriftTest } from '../../contracts/drift.js';
import type { CategoricalReference, NumericReference, ReferenceProfile } from '../../contracts/reference.js';
import { type Cells, cellsOf } from './cells.js';
import { type CategoryCounts, fewValues, matchCategories } from './categories.js';
import { chiSquareFit } from './chi-square.js';
import { chooseTest, FEW_VALUES, judgeTest, TESTED_UP_TO_ROWS } from './choose-test.js';
import { categoryHistogram, numericHistogram, valueHistogram } from './column-histogram.js';
import { categoryDistribution, missingHypotheses, numericDistribution, rangeHypothesis } from './hypotheses.js';
import { jensenShannonDistance } from './jensen-shannon.js';
import { ksP, ksStatistic } from './kolmogorov-smirnov.js';
import { twoProportionZ } from './proportions.js';
import { numericStabilityIndex, stabilityIndex } from './psi.js';
import { type Tally, tallyWindow } from './tally.js';
import { normedWasserstein, wassersteinDistance } from './wasserstein.js';

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
  const tally = tallyWindow(cells, values);
  const before = countsOf(reference);
  const now = countsOf(tally);
  const found = before.rows > 0 && now.rows > 0 ? findNumeric(reference, cells, tally, values, minimumEffect) : NOTHING;
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
  const both = before.rows > 0 && now.rows > 0;
  const found = both ? findCategories('categorical', matchCategories(reference, values), minimumEffect) : NOTHING;
  const hypotheses = [...found.hypotheses, ...missingHypotheses(before, now)];
  return { column: reference.name, role, kind: 'categorical', reference: before, current: now, ...found, hypotheses };
}

/** What may be told of what holds more. */
const countsOf = ({ rows, missing, mean }: ColumnCounts): ColumnCounts => ({
  ...{ rows, missing },
  mean: rows < FEWEST_SHARING ? null : mean,
});

function findNumeric(
  reference: NumericReference,
  cells: Cells,
  tally: Tally,
  values: Float64Array,
  minimumEffect: number,
): Findings {
  const few = fewValues(cells, values, FEW_VALUES);
  const found =
    few === null
      ? findContinuous(reference, cells, tally, values, minimumEffect)
      : findCategories('numeric', few, minimumEffect);
  const { counts } = tally;
  const range = rangeHypothesis({
    ...{ referenceRows: cells.rows, windowRows: tally.rows },
    ...{ below: counts[0]!, above: counts[counts.length - 1]! },
  });
  return { ...found, hypotheses: [...found.hypotheses, range] };
}

function findContinuous(
  { standardDeviation }: NumericReference,
  cells: Cells,
  tally: Tally,
  values: Float64Array,
  minimumEffect: number,
): Findings {
  const small = cells.rows <= TESTED_UP_TO_ROWS;
  // Exact for a small reference, as Evidently's; for a larger one the lattice is large and the limit as good.
  const p = ksP(ksStatistic(cells, tally), cells.rows, tally.rows, small ? 'auto' : 'asymptotic');
  const distance = normedWasserstein(wassersteinDistance(cells, tally, values), standardDeviation ?? 0);
  const name = chooseTest({ kind: 'numeric', referenceRows: cells.rows, distinct: Infinity });
  return {
    test: judgeTest(name, name === 'ks' ? p : distance),
    stability: judgeTest('psi', numericStabilityIndex(cells, values)),
    hypotheses: [numericDistribution(p, distance, minimumEffect)],
    histogram: numericHistogram(cells, values),
  };
}

function findCategories(kind: ColumnDrift['kind'], counts: CategoryCounts, minimumEffect: number): Findings {
  const distance = jensenShannonDistance(counts.reference, counts.current);
  return {
    test: testCategories(kind, counts, distance),
    stability: judgeTest('psi', stabilityIndex(counts.reference, counts.current)),
    hypotheses: [categoryDistribution(counts, distance, minimumEffect)],
    histogram: kind === 'numeric' ? valueHistogram(counts) : categoryHistogram(counts),
  };
}

function testCategories(
  kind: ColumnDrift['kind'],
  { categories, reference, current }: CategoryCounts,
  distance: number,
): DriftTest {
  const total = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const name = chooseTest({ kind, referenceRows: total(reference), distinct: categories.length });
  if (name === 'jensen-shannon') return judgeTest(name, distance);
  if (name === 'chi-square') return judgeTest(name, chiSquareFit(reference, current));
  const first = (counts: number[]) => ({ count: counts[0]!, rows: total(counts) });
  return judgeTest(name, twoProportionZ(first(reference), first(current)));
}
