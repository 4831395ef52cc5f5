import { PipelineFailure } from '../../contracts/failures.js';
import type { Warning } from '../../contracts/values.js';
import { type CentredColumn, centredColumns } from '../features.js';
import { countPositives, labelsOf, pickFeatures, type Table, casesOfClasses } from '../table.js';
import { findCollinearity } from './collinearity.js';
import { featureFingerprints } from './equal-rows.js';
import { rocAuc, groupScores } from './metrics.js';

/** A feature that reaches this AUC alone is probably the label in disguise. */
const LEAKAGE_AUC = 0.95;
/** Below this share of the smaller class accuracy misleads. */
const MINORITY_SHARE = 0.1;
/** Correlations and AUCs are taken from at most this many rows, evenly spaced; they are exact to about 0.002 then. */
const MAX_STATISTIC_ROWS = 100_000;

interface CheckedData {
  warnings: Warning[];
  /** Names of features that alone separate the classes almost perfectly. */
  suspicious: string[];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const listOf = (names: string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

function requireLearnable(labels: Uint8Array, cases: [number, number], grouped: boolean, folds: number): void {
  if (labels.length === 0) throw new PipelineFailure('DataContract', 'there are no training rows; supply data.');
  const positives = countPositives(labels);
  const fewest = Math.min(positives, labels.length - positives);
  if (fewest === 0) {
    const only = positives === 0 ? 'negative' : 'positive';
    throw new PipelineFailure(
      'DataContract',
      `all ${labels.length} training rows are ${only}; both classes are needed - check target.labels.`,
    );
  }
  if (Math.min(...cases) < folds) {
    throw new PipelineFailure(
      'DataContract',
      `the smaller class has ${Math.min(...cases)} ${grouped ? 'different training rows (equal ones stay together)' : 'training rows'}, fewer than the ${folds} folds; add rows or lower validation.folds.`,
    );
  }
}

/** Rows whose features occur under both labels. */
function conflictingRows(table: Table, rows: Int32Array, labels: Uint8Array): number {
  // The lowest bit of the feature fingerprint makes room for the label, so that one sort groups both.
  const keys = featureFingerprints(table.columns, rows);
  for (let i = 0; i < keys.length; i++) keys[i] = 2 * Math.floor(keys[i]! / 2) + labels[i]!;
  keys.sort();
  let conflicting = 0;
  for (let start = 0, end = 0; start < keys.length; start = end) {
    const even = 2 * Math.floor(keys[start]! / 2);
    end++;
    while (end < keys.length && keys[end]! <= even + 1) end++;
    if (keys[start] !== keys[end - 1]) conflicting += end - start;
  }
  return conflicting;
}

/** @param labels classes of `rows`, compact */
function conflictWarnings(table: Table, rows: Int32Array, labels: Uint8Array): Warning[] {
  const conflicting = conflictingRows(table, rows, labels);
  const message = `${conflicting} of ${rows.length} training rows share their features with a row of the other class; no model can get all of them right.`;
  return conflicting > 0 ? [{ code: 'conflicting-labels', message }] : [];
}

/** Warns where accuracy would mislead. */
function imbalanceWarnings(labels: Uint8Array): Warning[] {
  const n = labels.length;
  const positives = countPositives(labels);
  const share = Math.min(positives, n - positives) / n;
  const message = `the smaller class is ${percent(share)} of ${n} training rows (below ${100 * MINORITY_SHARE} %); accuracy alone says little here.`;
  return share < MINORITY_SHARE ? [{ code: 'class-imbalance', message }] : [];
}

function collinearityWarnings(varying: CentredColumn[]): Warning[] {
  const { pairs, groups } = findCollinearity(
    varying.map(({ values }) => values),
    varying.map(({ mean }) => mean),
    varying.map(({ scale }) => scale),
  );
  const nameOf = (index: number) => varying[index]!.name;
  const messages = [
    ...groups.map(
      (group) =>
        `${listOf(group.map(nameOf))} depend on each other linearly (each is explained by the others with R² of at least 0.999); their coefficients cannot be told apart.`,
    ),
    ...pairs.map(
      ({ first, second, correlation }) =>
        `${nameOf(first)} and ${nameOf(second)} say nearly the same (correlation ${correlation.toFixed(3)}); one of them would do.`,
    ),
  ];
  return messages.map((message) => ({ code: 'collinear-features', message }));
}

/** With no more rows than features each is a combination of the others by arithmetic alone. */
function widthWarnings(features: number, rows: number): Warning[] {
  const message = `${features} features that vary and ${rows} training rows: with no more rows than features some combination fits anything, so what a linear model says of single features means nothing.`;
  return features >= rows ? [{ code: 'wide-table', message }] : [];
}

/** How well one feature alone separates the classes. */
interface Separation {
  /** Area under the ROC curve in the better direction, 0.5..1. */
  auc: number;
  /** Share of rows that the best single cut classifies rightly. */
  cutAccuracy: number;
}

/**
 * Measures a feature alone as if it were a score, in either direction.
 * @param values n numbers
 * @param labels n classes; where one is missing, the AUC is 0.5
 */
export function separationOf(values: Float64Array, labels: Uint8Array): Separation {
  const groups = groupScores(values, labels);
  const auc = rocAuc(groups) ?? 0.5;
  const positives = countPositives(labels);
  let right = labels.length - positives;
  let best = Math.max(right, positives);
  for (let g = 0; g < groups.scores.length; g++) {
    right += groups.positives[g]! - groups.negatives[g]!;
    best = Math.max(best, right, labels.length - right);
  }
  return { auc: Math.max(auc, 1 - auc), cutAccuracy: best / labels.length };
}

function leakageWarnings(varying: CentredColumn[], labels: Uint8Array): CheckedData {
  const found: CheckedData = { warnings: [], suspicious: [] };
  for (const { name, values } of varying) {
    const { auc, cutAccuracy } = separationOf(values, labels);
    if (auc < LEAKAGE_AUC) continue;
    const message = `${name} alone separates the classes with AUC ${auc.toFixed(3)}, and one cut gets ${percent(cutAccuracy)} of rows right; make sure that it is known before the label is.`;
    found.warnings.push({ code: 'label-leakage', message });
    found.suspicious.push(name);
  }
  return found;
}

/** Whether a feature has no two different values; missing ones do not count. */
function isConstant(column: Float64Array, rows: Int32Array): boolean {
  let seen = NaN;
  for (const row of rows) {
    const value = column[row]!;
    if (Number.isNaN(seen)) seen = value;
    else if (value !== seen && !Number.isNaN(value)) return false;
  }
  return true;
}

function evenlySpaced(rows: Int32Array): Int32Array {
  const size = Math.min(rows.length, MAX_STATISTIC_ROWS);
  return new Int32Array(size).map((_, i) => rows[Math.floor((i * rows.length) / size)]!);
}

/**
 * Looks for what makes a model untrustworthy, on the training rows: conflicting labels, class imbalance,
 * constant and collinear features, features that give the label away (AUC >= 0.95).
 * Missing values count as the mean of their feature.
 * @param names one per column of `table`
 * @param folds rows (of groups: groups) of each class that validation needs
 * @param repeating whether some rows have equal features; false saves the search for conflicting labels
 * @throws PipelineFailure `DataContract` when nothing can be learnt: no rows, one class, fewer rows of a class than
 *   folds, or no feature that varies
 */
export function checkTrainingRows(
  table: Table,
  names: string[],
  rows: Int32Array,
  folds: number,
  repeating = true,
): CheckedData {
  const labels = labelsOf(table, rows);
  requireLearnable(labels, casesOfClasses(table.labels, rows, table.groups), table.groups !== undefined, folds);
  const constant = names.filter((_, f) => isConstant(table.columns[f]!, rows));
  if (constant.length === names.length) {
    throw new PipelineFailure(
      'DataContract',
      `all ${names.length} features are constant in ${rows.length} training rows; supply a feature that varies.`,
    );
  }
  const sample = evenlySpaced(rows);
  const places = [...names.keys()].filter((f) => !isConstant(table.columns[f]!, sample));
  const varying = centredColumns(
    places.map((f) => names[f]!),
    pickFeatures(table, places),
    sample,
  );
  const leakage = leakageWarnings(varying, labelsOf(table, sample));
  const constantWarnings = constant.map((name): Warning => {
    const empty = rows.every((row) => Number.isNaN(table.columns[names.indexOf(name)]![row]!));
    const has = empty ? 'no value in any of' : 'one value in all';
    return { code: 'constant-feature', message: `${name} has ${has} ${rows.length} training rows and tells nothing.` };
  });
  const warnings = [
    ...(repeating ? conflictWarnings(table, rows, labels) : []),
    ...imbalanceWarnings(labels),
    ...constantWarnings,
    ...collinearityWarnings(varying),
    ...widthWarnings(varying.length, rows.length),
    ...leakage.warnings,
  ];
  return { warnings, suspicious: leakage.suspicious };
}
