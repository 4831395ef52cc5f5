import type { Warning } from '../../contracts/results.js';
import { featureFingerprints } from './fingerprint.js';
import type { Table } from '../table.js';

/** Below this share of the smaller class accuracy misleads. */
const MINORITY_SHARE = 0.1;

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
export function conflictWarnings(table: Table, rows: Int32Array, labels: Uint8Array): Warning[] {
  const conflicting = conflictingRows(table, rows, labels);
  const message = `${conflicting} of ${rows.length} training rows share their features with a row of the other class; no model can get all of them right.`;
  return conflicting > 0 ? [{ code: 'conflicting-labels', message }] : [];
}

/** Warns where accuracy would mislead. */
export function imbalanceWarnings(labels: Uint8Array): Warning[] {
  const n = labels.length;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const share = Math.min(positives, n - positives) / n;
  const message = `the smaller class is ${(100 * share).toFixed(1)} % of ${n} training rows (below ${100 * MINORITY_SHARE} %); accuracy alone says little here.`;
  return share < MINORITY_SHARE ? [{ code: 'class-imbalance', message }] : [];
}
