import type { GoldenRequest, ModelDocument } from '../contracts/model.js';
import { fieldOf, isRequired, outerValues, typicalValue, valuesBeside } from './features.js';
import { predictRow } from './predict.js';
import { treesOf } from '../ml/learners/index.js';

/** Requests at most: each costs one invocation in a smoke test. */
const MAX_REQUESTS = 8;

/**
 * Synthetic requests with known answers for a smoke test: typical values, both ends of the ranges, both sides of the
 * first split of a tree, and every missing value that the model can fill in. No training row is among them.
 */
export function goldenRequests(document: ModelDocument): GoldenRequest[] {
  const { features } = document;
  const typical = features.map(typicalValue);
  const outer = features.map(outerValues);
  const rows = [typical, outer.map(({ least }) => least), outer.map(({ greatest }) => greatest)];
  const [tree] = treesOf(document.estimator);
  if (tree && tree.feature[0]! >= 0) {
    const split = tree.feature[0]!;
    for (const value of valuesBeside(features[split]!, tree.threshold[0]!)) rows.push(typical.with(split, value));
  }
  const gaps = features.map((feature, j) => (isRequired(feature) ? typical[j]! : NaN));
  if (gaps.some(Number.isNaN)) rows.push(gaps);
  rows.push(outer.map(({ middle }) => middle));
  return rows.slice(0, MAX_REQUESTS).map((row) => ({
    event: Object.fromEntries(features.map((feature, j) => [feature.name, fieldOf(feature, row[j]!)])),
    expected: predictRow(document, row),
  }));
}
