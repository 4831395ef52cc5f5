import type { GoldenRequest, ModelDocument } from '../contracts/model.js';
import type { ModelFeature } from '../contracts/learner.js';
import { predictRow } from './predict.js';
import { treesOf } from '../ml/learners/scoring.js';

/** Requests at most: each costs one invocation in a smoke test. */
const MAX_REQUESTS = 8;

/**
 * Synthetic requests with known answers for a smoke test: typical values, both ends of the ranges, both sides of the
 * first split of a tree, and every missing value that the model can fill in. No training row is among them.
 */
export function goldenRequests(document: ModelDocument): GoldenRequest[] {
  const { features } = document;
  const typical = features.map((feature) => within(feature, feature.mean));
  const rows = [typical, features.map(({ range }) => range[0]), features.map(({ range }) => range[1])];
  const [tree] = treesOf(document.estimator);
  if (tree && tree.feature[0]! >= 0) {
    const split = tree.feature[0]!;
    const threshold = tree.threshold[0]!;
    const [min, max] = features[split]!.range;
    for (const value of [threshold, (threshold + max) / 2, (threshold + min) / 2]) {
      rows.push(typical.with(split, within(features[split]!, value)));
    }
  }
  const gaps = features.map(({ imputation }, j) => (imputation === null ? typical[j]! : NaN));
  if (gaps.some(Number.isNaN)) rows.push(gaps);
  rows.push(features.map(({ range: [min, max] }) => min / 2 + max / 2));
  return rows.slice(0, MAX_REQUESTS).map((row) => ({
    event: Object.fromEntries(features.map(({ name }, j) => [name, Number.isNaN(row[j]) ? null : row[j]!])),
    expected: predictRow(document, row),
  }));
}

function within({ range: [min, max] }: ModelFeature, value: number): number {
  return Math.min(max, Math.max(min, value));
}
