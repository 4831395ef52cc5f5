import type { Definition } from '../../contracts/definition.js';
import type { ArtifactRef } from '../../contracts/values.js';
import type { ModelDocument } from '../../contracts/model.js';
import { MONITORING_REFERENCE_SCHEMA_VERSION, type MonitoringReference } from '../../contracts/reference.js';
import type { Evaluation, EvaluationResult } from '../../contracts/results.js';
import { calibrationTable, fitCalibration } from '../../ml/evaluation/calibration.js';
import { buildReference } from '../../ml/drift/build-reference.js';
import { permutationImportances } from '../../ml/evaluation/importance.js';
import { microaggregatedEach } from '../../ml/microaggregate.js';
import { precisionRecallCurve, rocCurve } from '../../ml/evaluation/curves.js';
import { countPositives, type Table, labelsOf } from '../../ml/table.js';
import { parseModelDocument } from '../../model/model-document.js';
import { classOf, scoreRows } from '../../model/predict.js';
import { defineTask, type TaskContext, loadMatrix, validationRows, putJson } from '../task.js';

/** Training rows, each scored by a model that has not seen it; calibrated. */
interface ScoredRows {
  scores: Float64Array;
  labels: Uint8Array;
}

/** The fitted candidate, and the rows. */
export interface EvaluateInput extends Pick<Definition, 'columns' | 'split' | 'validation'> {
  matrix: ArtifactRef;
  /** The candidate, fitted on all training rows. */
  model: ArtifactRef;
  /** Calibrated scores of the rows that cross-validation used; see `FitResult`. */
  outOfFold: ArtifactRef;
}

/**
 * Looks closely at the chosen candidate: curves and calibration from the out-of-fold scores that it was fitted with,
 * importances on the hold-out, and the reference for monitoring.
 */
export const evaluateTask = defineTask({
  name: 'evaluate',
  version: 3,
  run: async (input: EvaluateInput, { store, report }: TaskContext): Promise<EvaluationResult> => {
    const { split, validation } = input;
    const { table, train, holdout } = await loadMatrix(store, input.matrix, input.columns);
    const model = parseModelDocument(await store.get(input.model));
    const scored = {
      scores: new Float64Array(Uint8Array.from(await store.get(input.outOfFold)).buffer),
      labels: labelsOf(table, validationRows(table, train, input)),
    };
    const importances = permutationImportances({
      model,
      table,
      rows: holdout,
      score: scoreRows,
      confidence: validation.confidence,
      seed: split.seed,
      onFeature: (done, total) => report(`${model.training.candidate}: ${done} of ${total} features shuffled`),
    });
    return {
      evaluation: await putJson(store, evaluationOf(scored, importances)),
      reference: await putJson(store, referenceOf(model, table, holdout, scored)),
    };
  },
});

/** Leaves the store with reports, so every point of a curve is of at least five rows more than the one before. */
function evaluationOf({ scores, labels }: ScoredRows, importances: Evaluation['importances']): Evaluation {
  const shared = microaggregatedEach(scores);
  return {
    rows: labels.length,
    positives: countPositives(labels),
    roc: rocCurve(shared, labels),
    precisionRecall: precisionRecallCurve(shared, labels),
    calibration: calibrationTable(shared, labels),
    importances,
  };
}

/**
 * What served scores are compared with is what this very model says of rows it has not seen. Out-of-fold scores are of
 * other models: for trees they lie elsewhere, and would be drift that never ends. Inputs and labels are those of all rows.
 */
function referenceOf(
  model: ModelDocument,
  table: Table,
  holdout: Int32Array,
  outOfFold: ScoredRows,
): MonitoringReference {
  const scores = scoreRows(model, table, holdout);
  return {
    schemaVersion: MONITORING_REFERENCE_SCHEMA_VERSION,
    model: model.name,
    profile: buildReference({
      features: model.features.map(({ name }, f) => ({ name, values: table.columns[f]! })),
      scores,
      predictions: Uint8Array.from(scores, (score) => classOf(model, score)),
      labels: table.labels,
    }),
    calibration: fitCalibration(outOfFold.scores, outOfFold.labels),
  };
}
