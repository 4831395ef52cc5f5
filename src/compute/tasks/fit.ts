import type { Definition, CandidateDefinition } from '../../contracts/definition.js';
import type { ArtifactRef, Warning, ThresholdChoice } from '../../contracts/values.js';
import { MODEL_SCHEMA_VERSION, type ModelDocument } from '../../contracts/model.js';
import {
  type FitResult,
  type HoldoutResult,
  type LeaderboardRow,
  PORTABLE_FILES,
  type PortableFiles,
} from '../../contracts/results.js';
import { learnDecision } from '../../ml/evaluation/decision-threshold.js';
import {
  type FoldScores,
  joined,
  judgeFolds,
  type ScoredFold,
  inRowOrder,
  outOfFoldScores,
  requireScores,
} from '../../ml/evaluation/folds.js';
import { groupsAt, countPositives, labelsOf } from '../../ml/table.js';
import { bootstrapIntervals } from '../../ml/evaluation/intervals.js';
import { metricValues } from '../../ml/evaluation/metrics.js';
import { learnerOf } from '../../ml/learners/index.js';
import { fitCandidate } from '../../ml/learners/fit-candidate.js';
import { fitFeatures } from '../../ml/features.js';
import { serializeModelDocument } from '../../model/model-document.js';
import { scoreRows } from '../../model/predict.js';
import type { ArtifactStore } from '../../store/artifacts.js';
import { portableFiles } from '../../vendors/mlflow/portable-files.js';
import { scoreServable, loadMatrix, validationRows, defineTask, type TaskContext } from '../task.js';

/** With fewer hold-out rows of a class than this, its intervals are too wide to decide anything. */
const SMALL_HOLDOUT_CLASS = 20;

/** The chosen candidate, the rows, and what its document says of its making. */
export interface FitInput extends Pick<
  Definition,
  'columns' | 'split' | 'validation' | 'target' | 'model' | 'calibration' | 'threshold'
> {
  matrix: ArtifactRef;
  /** With the options that were chosen. */
  candidate: CandidateDefinition;
  crossValidated: LeaderboardRow['metrics'];
  datasetSha256: string;
  definitionSha256: string;
  codeVersion: string;
}

/**
 * Refits the chosen candidate on all training rows, learns calibration and threshold on out-of-fold scores, judges it on
 * the hold-out, writes the model document.
 */
export const fitTask = defineTask({
  name: 'fit',
  version: 3,
  run: async (input: FitInput, { store, report }: TaskContext): Promise<FitResult> => {
    const { candidate, split, validation } = input;
    const { table, columns, train, holdout } = await loadMatrix(store, input.matrix, input.columns);
    const folds = outOfFoldScores({
      table,
      columns,
      candidate,
      score: scoreServable(candidate),
      folds: validation.folds,
      seed: split.seed,
      rows: validationRows(table, train, input),
      onFold: (done, total) => report(`${candidate.name}: ${done} of ${total} folds scored`),
    });
    const all = joined(folds);
    const { calibration, threshold, warnings: uneasy } = learnDecision(input, all.scores, all.labels);
    const crossFitted = judgeFolds(folds, input).map(({ scores }) => scores);

    const features = fitFeatures(columns, table, train);
    const { estimator, warnings } = fitCandidate(candidate, table, train, features, split.seed, report);
    const scores = scoreRows({ features, estimator, calibration }, table, holdout);
    requireScores(candidate, scores);
    const labels = labelsOf(table, holdout);
    const groups = groupsAt(table.groups, holdout);
    const judged: HoldoutResult = {
      rows: holdout.length,
      positives: countPositives(labels),
      metrics: bootstrapIntervals({
        scores,
        labels,
        threshold,
        confidence: validation.confidence,
        seed: split.seed,
        groups,
      }),
      confusion: metricValues(scores, labels, threshold).confusion,
    };
    const model: ModelDocument = {
      schemaVersion: MODEL_SCHEMA_VERSION,
      name: input.model,
      features,
      labels: { negative: input.target.negative, positive: input.target.positive },
      estimator,
      calibration,
      threshold,
      thresholdChoice: choiceOf(input, joinedWith(crossFitted, folds), threshold),
      training: {
        candidate: candidate.name,
        kind: candidate.kind,
        datasetSha256: input.datasetSha256,
        definitionSha256: input.definitionSha256,
        codeVersion: input.codeVersion,
        seed: split.seed,
        rows: train.length,
        positives: countPositives(labelsOf(table, train)),
      },
      metrics: { crossValidated: input.crossValidated, holdout: judged.metrics },
    };
    return {
      model: await store.put(serializeModelDocument(model)),
      portable: await storePortable(store, model),
      outOfFold: await store.put(Buffer.from(inRowOrder(folds, crossFitted).buffer)),
      holdout: judged,
      warnings: [...warnings, ...uneasy, ...smallHoldout(judged)],
    };
  },
});

const joinedWith = (scores: Float64Array[], folds: FoldScores[]): ScoredFold =>
  joined(folds.map(({ labels }, fold) => ({ scores: scores[fold]!, labels })));

/**
 * What the threshold means for rows whose model and calibration had not seen them. It was itself chosen on these rows: the
 * leaderboard, where each fold is cut as the others ask for, tells more honestly what new rows will see.
 */
function choiceOf({ threshold: rule }: FitInput, { scores, labels }: ScoredFold, threshold: number): ThresholdChoice {
  const { recall, specificity, precision } = metricValues(scores, labels, threshold).values;
  const positives = countPositives(labels);
  return { rule, rows: labels.length, positives, recall, specificity, precision };
}

function smallHoldout({ rows, positives }: HoldoutResult): Warning[] {
  const smaller = Math.min(positives, rows - positives);
  if (smaller >= SMALL_HOLDOUT_CLASS) return [];
  const message = `The hold-out has ${positives} positives among ${rows} rows; below ${SMALL_HOLDOUT_CLASS} of a class its values are rough, so the gate reads the cross-validated ones.`;
  return [{ code: 'small-holdout', message }];
}

/**
 * Stores the files that make a model open elsewhere; `null` for a kind that has no form for other languages.
 * @param document checked, as `serializeModelDocument` does
 */
async function storePortable(store: ArtifactStore, document: ModelDocument): Promise<PortableFiles | null> {
  if (learnerOf(document.estimator.kind)?.onnx === undefined) return null;
  const files = portableFiles(document);
  const stored = PORTABLE_FILES.map(async (name) => [name, await store.put(files[name])] as const);
  return Object.fromEntries(await Promise.all(stored)) as PortableFiles; // every file has its entry
}
