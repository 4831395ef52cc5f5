import type { MetricName } from '../../contracts/vocabulary.js';
import type { Definition, CandidateDefinition } from '../../contracts/definition.js';
import type { MeasuredTrial, NestedResult, NestedScores, LeaderboardRow } from '../../contracts/results.js';
import type { Warning } from '../../contracts/values.js';
import { addWarnings, summarizeRepeats, rankTrials } from '../../ml/evaluation/cross-validate.js';
import { candidateWarnings } from '../../ml/evaluation/gate.js';
import { judgeFolds } from '../../ml/evaluation/folds.js';
import { defineTask, type TaskContext, putJson } from '../task.js';

/** Trials that a row of the leaderboard tells of. */
const BEST_TOLD = 10;

/** What the search of a candidate has measured. */
export interface ConcludeSearchInput extends Pick<Definition, 'validation' | 'calibration' | 'threshold'> {
  /** Its search holds all trials, also those that were not measured. */
  candidate: CandidateDefinition;
  metric: MetricName;
  /** At least one, in the order of the definition. */
  trials: MeasuredTrial[];
  /** At least one. */
  nested: NestedResult[];
  /** What the search itself has to say. */
  warnings: Warning[];
}

/** Chooses the best trial over all training rows and gives its candidate the metrics of the nested estimate. */
export const concludeSearchTask = defineTask({
  name: 'conclude-search',
  version: 2,
  run: async (
    { candidate, metric, trials, nested, validation, calibration, threshold, warnings: reported }: ConcludeSearchInput,
    { store }: TaskContext,
  ): Promise<LeaderboardRow> => {
    const repeats = await Promise.all(
      nested.map(async ({ scores }) => JSON.parse(Buffer.from(await store.get(scores)).toString()) as NestedScores),
    );
    const scored = repeats.map(({ folds }) =>
      folds.map(({ scores, labels }) => ({ scores: Float64Array.from(scores), labels: Uint8Array.from(labels) })),
    );
    const { foldMetrics, ...summary } = summarizeRepeats(
      scored.map((folds) => judgeFolds(folds, { calibration, threshold })),
      validation.confidence,
    );
    const ranked = rankTrials(
      trials.map(({ value }) => value.value),
      metric,
    ).map((position) => trials[position]!);
    const [winner] = ranked as [(typeof trials)[number]];
    const warnings: Warning[] = [...reported];
    addWarnings(warnings, [...winner.warnings, ...nested.flatMap((repeat) => repeat.warnings)]);
    warnings.push(...candidateWarnings({ candidate: candidate.name, without: null, ...summary }));
    return {
      ...summary,
      candidate: candidate.name,
      kind: candidate.kind,
      without: null,
      rows: scored[0]!.reduce((sum, { labels }) => sum + labels.length, 0),
      folds: validation.folds,
      repeats: nested.length,
      foldMetrics: await putJson(store, foldMetrics),
      options: winner.options,
      search: {
        method: candidate.search!.method,
        measured: trials.length,
        planned: candidate.search!.trials.length,
        winner: winner.value,
        best: ranked.slice(0, BEST_TOLD).map(({ options, value }) => ({ options, value: value.value })),
      },
      warnings,
    };
  },
});
