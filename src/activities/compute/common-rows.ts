import type { ArtifactRef } from '../../contracts/artifact.js';
import type { VersionComparison } from '../../contracts/comparison.js';
import type { ModelDocument } from '../../contracts/model.js';
import { decodeMatrix, type Matrix } from '../../data/matrix.js';
import { compareModels, type ModelScores } from '../../ml/compare.js';
import { contains, fingerprintOf } from '../../ml/fingerprint.js';
import { parseModelDocument } from '../../serving/model-document.js';
import { scoreRows } from '../../serving/predict.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import { HOLDOUT, rowsOfRole } from './tasks/matrix-rows.js';

/** One of two models to compare. */
export interface Contestant {
  model: ArtifactRef;
  /** Sorted fingerprints of the rows it was trained on; `null` for the model whose hold-out the matrix has. */
  trainingRows: ArtifactRef | null;
}

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

export type CommonRowsOutcome =
  | { found: 'comparison'; comparison: VersionComparison }
  /** The matrix lacks a feature that one of them needs. */
  | { found: 'missing-feature'; feature: string }
  /** So many rows are common, and they are too few. */
  | { found: 'few-rows'; rows: number; positives: number };

/**
 * Compares two models on hold-out rows that neither was trained on and both can score: what the gate judges by, and
 * what people are shown of two versions.
 * @throws PipelineFailure `ArtifactCorrupt` when the store has not all that is needed, intact
 */
export async function compareOnCommonRows(store: ArtifactStore, input: CommonRowsInput): Promise<CommonRowsOutcome> {
  const matrix = decodeMatrix(await store.get(input.matrix));
  const a = await load(store, input.a, matrix);
  const b = await load(store, input.b, matrix);
  const needed = [a, b].flatMap(({ model }) => model.features);
  const lacking = needed.find(({ name }) => !matrix.names.includes(name));
  if (lacking) return { found: 'missing-feature', feature: lacking.name };

  const rows = rowsOfRole(matrix.roles, HOLDOUT).filter((row) => isNewTo(a, matrix, row) && isNewTo(b, matrix, row));
  const labels = Uint8Array.from(rows, (row) => matrix.labels[row]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (Math.min(positives, rows.length - positives) < input.minimumRowsPerClass)
    return { found: 'few-rows', rows: rows.length, positives };

  const scoresOf = ({ model, columns }: Loaded): ModelScores => ({
    scores: scoreRows(model, columns, rows),
    threshold: model.threshold,
  });
  const { confidence, seed } = input;
  const comparison = compareModels({ a: scoresOf(a), b: scoresOf(b), labels, confidence, seed });
  return { found: 'comparison', comparison };
}

interface Loaded {
  model: ModelDocument;
  /** In the order of the model's features; wherever the matrix lacks one, that is found before they are used. */
  columns: Float64Array[];
  seen: Float64Array | null;
}

async function load(store: ArtifactStore, { model, trainingRows }: Contestant, matrix: Matrix): Promise<Loaded> {
  const document = parseModelDocument(await store.get(model));
  return {
    model: document,
    columns: document.features.map(({ name }) => matrix.columns[matrix.names.indexOf(name)]!),
    seen: trainingRows && new Float64Array(Uint8Array.from(await store.get(trainingRows)).buffer),
  };
}

/** Fingerprints are over the columns that the model learned from, in its order. */
function isNewTo({ model, columns, seen }: Loaded, { labels }: Matrix, row: number): boolean {
  const canScore = model.features.every(({ imputation }, i) => imputation !== null || !Number.isNaN(columns[i]![row]));
  return canScore && (seen === null || !contains(seen, fingerprintOf({ columns, labels }, row)));
}
