import { MODEL_SCHEMA_VERSION, type ModelDocument } from '../../../contracts/model.js';
import type { FitResult, HoldoutResult, Warning } from '../../../contracts/results.js';
import { bootstrapIntervals } from '../../../ml/intervals.js';
import { fitCandidate } from '../../../ml/learners.js';
import { DEFAULT_THRESHOLD, metricValues } from '../../../ml/metrics.js';
import { fitFeatures } from '../../../ml/preprocess.js';
import { serializeModelDocument } from '../../../serving/model-document.js';
import { scoreRows } from '../../../serving/predict.js';
import type { FitInput } from '../inputs.js';
import type { TaskContext } from './index.js';
import { loadMatrix } from './matrix-rows.js';

/** With fewer hold-out rows of a class than this, its intervals are too wide to decide anything. */
const SMALL_HOLDOUT_CLASS = 20;

/** Refits the chosen candidate on all training rows, judges it on the hold-out, writes the model document. */
export async function fitTask(input: FitInput, { store }: TaskContext): Promise<FitResult> {
  const { candidate, split, validation } = input;
  const { table, columns, train, holdout } = await loadMatrix(store, input.matrix, input.columns);
  const features = fitFeatures(columns, table, train);
  const { estimator, warnings } = fitCandidate(candidate, table, train, features, split.seed);

  const scores = scoreRows({ features, estimator }, table.columns, holdout);
  const labels = Uint8Array.from(holdout, (row) => table.labels[row]!);
  const judged: HoldoutResult = {
    rows: holdout.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    metrics: bootstrapIntervals(scores, labels, DEFAULT_THRESHOLD, validation.confidence, split.seed),
    confusion: metricValues(scores, labels, DEFAULT_THRESHOLD).confusion,
  };
  const model: ModelDocument = {
    schemaVersion: MODEL_SCHEMA_VERSION,
    name: input.model,
    features,
    labels: { negative: input.target.negative, positive: input.target.positive },
    estimator,
    threshold: DEFAULT_THRESHOLD,
    training: {
      candidate: candidate.name,
      kind: candidate.kind,
      datasetSha256: input.datasetSha256,
      definitionSha256: input.definitionSha256,
      codeVersion: input.codeVersion,
      seed: split.seed,
      rows: train.length,
      positives: train.reduce((sum, row) => sum + table.labels[row]!, 0),
    },
    metrics: { crossValidated: input.crossValidated, holdout: judged.metrics },
  };
  return {
    model: await store.put(serializeModelDocument(model)),
    holdout: judged,
    warnings: [...warnings, ...smallHoldout(judged)],
  };
}

function smallHoldout({ rows, positives }: HoldoutResult): Warning[] {
  const smaller = Math.min(positives, rows - positives);
  if (smaller >= SMALL_HOLDOUT_CLASS) return [];
  const message = `The hold-out has ${positives} positives among ${rows} rows; below ${SMALL_HOLDOUT_CLASS} of a class its values are rough, so the gate reads the cross-validated ones.`;
  return [{ code: 'small-holdout', message }];
}
