import {
  type CategoricalReference,
  EXACT_UP_TO_ROWS,
  type NumericReference,
  type ReferenceProfile,
} from '../../contracts/reference.js';
import { countCategories } from './categories.js';
import { sketchOf } from './sketch.js';

/** What a profile is made from: the training rows, and what the chosen candidate said of rows it had not seen. */
export interface ReferenceSamples {
  /** n numbers each, up to 1e300 in size; NaN and infinities count as missing. */
  features: { name: string; values: Float64Array }[];
  /** m probabilities of the positive class, out of fold; m need not be n. */
  scores: Float64Array;
  /** m classes, 0 or 1, by the decision threshold. */
  predictions: Uint8Array;
  /** Classes of the training rows, 0 or 1. */
  labels: Uint8Array;
}

/**
 * Makes the reference that a model's drift checks compare with: up to 10,000 rows keep their sorted values, larger
 * columns a sketch (about 0.6 MB of JSON).
 */
export function buildReference({ features, scores, predictions, labels }: ReferenceSamples): ReferenceProfile {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return {
    schemaVersion: 1,
    features: features.map(({ name, values }) => numericReference(name, values)),
    prediction: categoricalReference('prediction', predictions),
    score: numericReference('score', scores),
    labels: { negatives: labels.length - positives, positives },
  };
}

/** A column of numbers as a reference; those that are not finite are missing. */
export function numericReference(name: string, values: Float64Array): NumericReference {
  const sorted = values.filter(Number.isFinite).sort();
  const rows = sorted.length;
  const missing = values.length - rows;
  if (rows === 0) {
    const distribution = { kind: 'exact' as const, values: [] };
    return { name, rows, missing, mean: null, min: null, max: null, standardDeviation: null, distribution };
  }
  const min = sorted[0]!;
  const mean = min + sorted.reduce((sum, value) => sum + (value - min), 0) / rows;
  const reach = Math.max(mean - min, sorted[rows - 1]! - mean);
  // In units of the reach, so that squares stay within doubles.
  const squares = sorted.reduce((sum, value) => sum + ((value - mean) / reach) ** 2, 0);
  return {
    ...{ name, rows, missing, mean, min, max: sorted[rows - 1]! },
    standardDeviation: reach === 0 ? 0 : reach * Math.sqrt(squares / rows),
    distribution: rows <= EXACT_UP_TO_ROWS ? { kind: 'exact', values: [...sorted] } : sketchOf(sorted),
  };
}

/** A column of small whole numbers as categories; none is missing. */
export function categoricalReference(name: string, values: Uint8Array): CategoricalReference {
  const categories = [...countCategories(values)].map(([value, rows]) => ({ value, rows }));
  return { name, rows: values.length, missing: 0, categories };
}
