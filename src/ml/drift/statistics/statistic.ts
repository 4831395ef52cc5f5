import type { DriftTestName } from '../../../contracts/vocabulary.js';
import type { CategoryCounts } from '../categories.js';
import type { Cells, WindowCounts } from '../cells.js';

/** References of at most so many rows are tested for significance, larger ones measured by distance. */
export const TESTED_UP_TO_ROWS = 1000;

/** A column of numbers on both sides; both have rows. */
export interface NumericSamples {
  cells: Cells;
  /** Of the reference, of the population. */
  standardDeviation: number;
  /** The window: its values, those that are not finite missing, and their counts over `cells`. */
  values: Float64Array;
  counted: WindowCounts;
}

/** What decides which test Evidently takes: rows of the reference with a value, and different values of both sides. */
export interface ColumnSize {
  referenceRows: number;
  distinct: number;
}

/** A statistic for one kind of column. */
interface Computation<Samples> {
  /** Whether Evidently 0.7 takes it by default. */
  isDefaultFor: (size: ColumnSize) => boolean;
  /** Its value of samples that both have rows. */
  valueOf: (samples: Samples) => number;
}

/** A statistic of a column in the window against the reference: all that reports and other programs ask about it. */
export interface DriftStatistic {
  name: DriftTestName;
  /** What reports call it. */
  label: string;
  /** What Evidently calls it. */
  evidentlyName: string;
  /** A probability, small where columns differ; a distance, great there; or an index, a distance that tests no column. */
  measure: 'p' | 'distance' | 'index';
  /** Evidently's. */
  threshold: number;
  /** Which side of the threshold is drift. */
  hasDrifted: (value: number, threshold: number) => boolean;
  /** The kinds of column that it takes. */
  numbers?: Computation<NumericSamples>;
  categories?: Computation<CategoryCounts>;
}
