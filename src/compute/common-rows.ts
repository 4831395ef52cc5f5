import type { ArtifactRef } from '../contracts/values.js';
import type { VersionComparison } from '../contracts/results.js';
import type { ModelDocument } from '../contracts/model.js';
import { decodeMatrix, type Matrix } from '../data/matrix.js';
import { contains, decodeTrainingRows, rowFingerprints } from '../data/row-fingerprints.js';
import { groupsAt, countPositives, pickFeatures, type Table } from '../ml/table.js';
import { compareModels, type ModelScores } from '../ml/evaluation/compare.js';
import { filled } from '../model/features.js';
import { parseModelDocument } from '../model/model-document.js';
import { scoreRows } from '../model/predict.js';
import { MissingArtifact } from '../store/artifacts.js';
import { type TaskContext, HOLDOUT, rowsOfRole } from './task.js';

/** A store, and the key that the training rows in it are fingerprinted under. */
export type StoreWithKey = Pick<TaskContext, 'store' | 'fingerprintKey'>;

/** One of two models to compare. */
export interface Contestant {
  model: ArtifactRef;
  /** Fingerprints of the rows it was trained on; `null` for the model whose hold-out the matrix has. */
  trainingRows: ArtifactRef | null;
}

/** Two models, and the matrix whose hold-out they are compared on. */
export interface CommonRowsInput {
  matrix: ArtifactRef;
  a: Contestant;
  b: Contestant;
  /** With fewer rows of either class left there is no comparison. */
  minimumRowsPerClass: number;
  /** Level of the intervals of the differences. */
  confidence: number;
  seed: number;
}

/** The comparison, or why there is none. */
export type CommonRowsOutcome =
  | { found: 'comparison'; comparison: VersionComparison }
  /** The matrix lacks a feature that one of them needs. */
  | { found: 'missing-feature'; feature: string }
  /** The store has not the fingerprints of one of them, or not the key that they were made under: they never leave it. */
  | { found: 'unknown-rows' }
  /** So many rows are common, and they are too few. */
  | { found: 'few-rows'; rows: number; positives: number };

/**
 * Compares two models on hold-out rows that neither was trained on and both can score: what the gate judges by, and
 * what people are shown of two versions.
 * @throws PipelineFailure `ArtifactCorrupt` when the store has not all else that is needed, intact
 */
export async function compareOnCommonRows(
  { store, fingerprintKey }: StoreWithKey,
  input: CommonRowsInput,
): Promise<CommonRowsOutcome> {
  const matrix = decodeMatrix(await store.get(input.matrix));
  const a = await load(store, input.a.model, matrix);
  const b = await load(store, input.b.model, matrix);
  const needed = [a, b].flatMap(({ model }) => model.features);
  const lacking = needed.find(({ name }) => !matrix.names.includes(name));
  if (lacking) return { found: 'missing-feature', feature: lacking.name };

  const key = await fingerprintKey();
  let rows = rowsOfRole(matrix.roles, HOLDOUT).filter((row) => canScore(a, row) && canScore(b, row));
  for (const [{ trainingRows }, { table }] of [
    [input.a, a],
    [input.b, b],
  ] as const) {
    if (trainingRows === null) continue;
    const seen = await seenRows(store, key, trainingRows);
    if (seen === null) return { found: 'unknown-rows' };
    // Fingerprints are over the columns that the model learned from, in its order.
    const prints = rowFingerprints(key, table, rows);
    rows = rows.filter((_, i) => !contains(seen, prints[i]!));
  }
  const labels = Uint8Array.from(rows, (row) => matrix.labels[row]!);
  const positives = countPositives(labels);
  if (Math.min(positives, rows.length - positives) < input.minimumRowsPerClass)
    return { found: 'few-rows', rows: rows.length, positives };

  const scoresOf = ({ model, table }: Loaded): ModelScores => ({
    scores: scoreRows(model, table, rows),
    threshold: model.threshold,
  });
  const { confidence, seed } = input;
  const groups = groupsAt(matrix.groups, rows);
  const comparison = compareModels({ a: scoresOf(a), b: scoresOf(b), labels, groups, confidence, seed });
  return { found: 'comparison', comparison };
}

interface Loaded {
  model: ModelDocument;
  /** Its columns are those of the model's features; wherever the matrix lacks one, that is found before they are used. */
  table: Table;
}

async function load(store: StoreWithKey['store'], model: ArtifactRef, matrix: Matrix): Promise<Loaded> {
  const document = parseModelDocument(await store.get(model));
  return {
    model: document,
    table: pickFeatures(
      matrix,
      document.features.map(({ name }) => matrix.names.indexOf(name)),
    ),
  };
}

const canScore = ({ model, table }: Loaded, row: number): boolean =>
  model.features.every((feature, i) => !Number.isNaN(filled(feature, table.columns[i]![row]!)));

/** Ascending fingerprints, `null` where they cannot be known here. */
async function seenRows(
  store: StoreWithKey['store'],
  key: Uint8Array,
  trainingRows: ArtifactRef,
): Promise<Float64Array | null> {
  try {
    return decodeTrainingRows(key, await store.get(trainingRows));
  } catch (error) {
    if (error instanceof MissingArtifact) return null;
    throw error;
  }
}
