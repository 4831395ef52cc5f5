import type { ModelVersion } from '../../registry/registry.js';
import type { ArtifactRef } from '../../contracts/values.js';
import type { MetricName } from '../../contracts/vocabulary.js';
import type { GateVerdict, LeaderboardRow } from '../../contracts/results.js';
import { compareEstimates } from '../../ml/evaluation/compare.js';
import { type CommonRowsOutcome, compareOnCommonRows } from '../common-rows.js';
import { defineTask, type TaskContext } from '../task.js';

type Judgement = Pick<GateVerdict, 'comparison' | 'warnings'>;

/** The candidate and the champion, and the matrix of the candidate. */
export interface JudgeInput {
  matrix: ArtifactRef;
  model: ArtifactRef;
  metric: MetricName;
  crossValidated: LeaderboardRow['metrics'];
  /** Level of the intervals in `crossValidated`. */
  confidence: number;
  minimumRowsPerClass: number;
  /** Level of the interval of the difference. */
  championConfidence: number;
  seed: number;
  champion: Pick<ModelVersion, 'version' | 'model' | 'crossValidated' | 'confidence'> & { trainingRows: ArtifactRef };
}

/** Compares the candidate with the champion on hold-out rows that neither has learned from. */
export const judgeTask = defineTask({
  name: 'judge',
  version: 1,
  run: async (input: JudgeInput, context: TaskContext): Promise<Judgement> => {
    const { champion, metric, minimumRowsPerClass, championConfidence, seed } = input;
    const outcome = await compareOnCommonRows(context, {
      matrix: input.matrix,
      a: { model: input.model, trainingRows: null },
      b: champion,
      minimumRowsPerClass,
      confidence: championConfidence,
      seed,
    });
    if (outcome.found !== 'comparison') return byEstimates(input, outcome);
    const onCommonRows = outcome.comparison;
    const { rows, confidence } = onCommonRows;
    const { difference } = onCommonRows.metrics[metric];
    if (difference === null) return byEstimates(input, { found: 'undefined', rows });
    const { version } = champion;
    return {
      comparison: { version, metric, basis: 'holdout', rows, confidence, difference, onCommonRows },
      warnings: [],
    };
  },
});

type NotCompared = Exclude<CommonRowsOutcome, { found: 'comparison' }> | { found: 'undefined'; rows: number };

function byEstimates(input: JudgeInput, found: NotCompared): Judgement {
  const { champion, metric, crossValidated, championConfidence } = input;
  const { version } = champion;
  const rows = 'rows' in found ? found.rows : 0;
  const difference = compareEstimates({
    metric,
    candidate: { estimate: crossValidated[metric], confidence: input.confidence },
    champion: { estimate: champion.crossValidated[metric], confidence: champion.confidence },
    confidence: championConfidence,
  });
  const start =
    found.found === 'unknown-rows'
      ? `Which rows version ${version} was trained on is known only to the store that trained it, under its key, and this one is another`
      : `The ${rows} hold-out rows that version ${version} was not trained on and can score ${problemOf(found, input)}`;
  if (difference === null) {
    const message = `${start}, and its cross-validated ${metric} has no interval; it was not compared.`;
    return { comparison: null, warnings: [{ code: 'champion-rows', message }] };
  }
  const estimated = { metric, rows, confidence: championConfidence, difference, onCommonRows: null };
  return {
    comparison: { version, basis: 'cross-validation', ...estimated },
    warnings: [{ code: 'champion-rows', message: `${start}; cross-validated estimates were compared instead.` }],
  };
}

function problemOf(
  found: Exclude<NotCompared, { found: 'unknown-rows' }>,
  asked: { metric: MetricName; minimumRowsPerClass: number },
): string {
  switch (found.found) {
    case 'missing-feature':
      return 'cannot be used: they lack a feature that it needs';
    case 'undefined':
      return `leave ${asked.metric} undefined`;
    case 'few-rows': {
      const smallerClass = Math.min(found.positives, found.rows - found.positives);
      return `hold ${smallerClass} of the smaller class, fewer than ${asked.minimumRowsPerClass} (gate.minimumRowsPerClass)`;
    }
  }
}
