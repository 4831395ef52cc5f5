import type { Warning } from '../contracts/results.js';
import { featureFingerprints } from './fingerprint.js';
import type { Table } from './table.js';

/** Below this share of the smaller class accuracy misleads. */
const MINORITY_SHARE = 0.1;

/** Counts of rows that repeat an earlier one, and of rows whose features occur under both labels. */
function repeatedRows(table: Table, rows: Int32Array, labels: Uint8Array): { duplicates: number; conflicting: number } {
  // The lowest bit of the feature fingerprint makes room for the label, so that one sort groups both.
  const keys = featureFingerprints(table.columns, rows);
  for (let i = 0; i < keys.length; i++) keys[i] = 2 * Math.floor(keys[i]! / 2) + labels[i]!;
  keys.sort();
  let duplicates = 0;
  let conflicting = 0;
  for (let start = 0; start < keys.length;) {
    const even = 2 * Math.floor(keys[start]! / 2);
    let end = start;
    while (end < keys.length && keys[end]! <= even + 1) end++;
    const mixed = keys[start] !== keys[end - 1];
    duplicates += end - start - (mixed ? 2 : 1);
    if (mixed) conflicting += end - start;
    start = end;
  }
  return { duplicates, conflicting };
}

/**
 * What the rows as wholes give reason to warn of: duplicates, conflicting labels, class imbalance.
 * @param labels classes of `rows`, compact
 */
export function rowWarnings(table: Table, rows: Int32Array, labels: Uint8Array): Warning[] {
  const warnings: Warning[] = [];
  const n = rows.length;
  const { duplicates, conflicting } = repeatedRows(table, rows, labels);
  if (duplicates > 0) {
    const message = `${duplicates} of ${n} training rows repeat an earlier row, so validation may meet rows it was trained on.`;
    warnings.push({ code: 'duplicate-rows', message });
  }
  if (conflicting > 0) {
    const message = `${conflicting} of ${n} training rows share their features with a row of the other class; no model can get all of them right.`;
    warnings.push({ code: 'conflicting-labels', message });
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const share = Math.min(positives, n - positives) / n;
  if (share < MINORITY_SHARE) {
    const message = `the smaller class is ${(100 * share).toFixed(1)} % of ${n} training rows (below ${100 * MINORITY_SHARE} %); accuracy alone says little here.`;
    warnings.push({ code: 'class-imbalance', message });
  }
  return warnings;
}
