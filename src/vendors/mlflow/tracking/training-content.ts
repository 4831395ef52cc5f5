import { FEWEST_SHARING } from '../../../contracts/limits.js';
import type { FoldMetrics, LeaderboardRow } from '../../../contracts/results.js';
import { runKey } from '../runs.js';
import type { TrackedTraining } from '../../../report/tracking.js';
import {
  confusionPoints,
  estimatePoints,
  paramsOf,
  type Point,
  pointOf,
  type RunContent,
  type RunFile,
  tablePoints,
  tagsOf,
} from './content.js';

/** The run of the pipeline: what was asked for and from which data. How it ended comes later. */
export function pipelineContent(training: TrackedTraining): RunContent {
  const { workflowId, definition, dataset, leaderboard } = training;
  const { columns, target, split, validation, gate, candidates } = definition;
  return {
    key: runKey(training),
    name: workflowId,
    startedAt: Date.parse(training.startedAt),
    tags: { ...tagsOf({ 'mlops.kind': 'training', 'mlflow.note.content': noteOf(training) }), ...sharedTags(training) },
    params: paramsOf({
      ...sharedSettings(training),
      ...{ split, validation, gate },
      features: columns.map(({ name }) => name),
      target: target.source,
      candidates: candidates.map(({ name }) => name),
    }),
    points: [
      ...pointOf('data/rows', dataset.rows),
      ...pointOf('data/positives', dataset.positives),
      ...pointOf('data/rejected', dataset.rejected),
      ...pointOf('candidates', leaderboard.length),
    ],
  };
}

/** The run of one row of the leaderboard, below the pipeline's; `mlflow.parentRunId` is the writer's to add. */
export function candidateContent(training: TrackedTraining, row: LeaderboardRow, folds: FoldMetrics): RunContent {
  const { definition } = training;
  const features = definition.columns.flatMap(({ name }) => (name === row.without ? [] : [name]));
  const suffix = row.without === null ? '' : ` without ${row.without}`;
  return {
    key: `${runKey(training)}/${row.candidate}${row.without === null ? '' : `/without-${row.without}`}`,
    name: `${row.candidate}${suffix}`,
    startedAt: Date.parse(training.startedAt),
    tags: {
      ...tagsOf({ 'mlops.kind': 'candidate', 'mlops.candidate': row.candidate, 'mlops.without': row.without }),
      ...sharedTags(training),
    },
    params: paramsOf({
      ...sharedSettings(training),
      kind: row.kind,
      features,
      split: { seed: definition.split.seed },
      validation: { folds: row.folds, repeats: row.repeats },
      options: row.options,
      ...(row.search && { search: { method: row.search.method } }),
    }),
    points: [
      ...tablePoints('', row.metrics),
      ...foldPoints(row, folds),
      ...confusionPoints('', row.confusion),
      ...pointOf('data/rows', row.rows),
      ...searchPoints(row.search),
    ],
  };
}

/** Every fold's metrics, unless a fold is of so few rows that they would tell of single ones. */
const foldPoints = ({ rows, folds: count }: LeaderboardRow, folds: FoldMetrics): Point[] =>
  Math.floor(rows / count) < FEWEST_SHARING
    ? []
    : Object.entries(folds).flatMap(([name, values]) =>
        values.flatMap((value, step) => pointOf(`fold/${name}`, value, step)),
      );

/** Files of a candidate's run: the best trials of its search, where there was one. */
export const candidateFiles = ({ search }: LeaderboardRow): RunFile[] =>
  search === null ? [] : [{ path: 'search/trials.json', text: JSON.stringify(search, null, 2) }];

const searchPoints = (search: LeaderboardRow['search']): Point[] =>
  search === null
    ? []
    : [
        ...pointOf('search/measured', search.measured),
        ...pointOf('search/planned', search.planned),
        ...estimatePoints('search/', 'winner', search.winner),
      ];

/** What decides the candidates' values whatever their kind. */
const sharedSettings = ({ definition, definitionSha256 }: TrackedTraining) => ({
  model: definition.model,
  selection: definition.selection,
  calibration: definition.calibration,
  threshold: definition.threshold,
  definitionSha256,
});

const sharedTags = ({ workflowId, runId, definition, dataset, codeVersion, commit, ui }: TrackedTraining) =>
  tagsOf({
    'mlops.model': definition.model,
    'mlops.workflow-id': workflowId,
    'mlops.run-id': runId,
    'mlops.dataset.sha256': dataset.sourceSha256,
    'mlops.code-version': codeVersion,
    'mlops.commit': commit,
    'mlops.ui': ui,
    'mlflow.source.type': 'JOB',
    'mlflow.source.name': 'trainingPipeline',
    'mlflow.source.git.commit': commit,
  });

/** The run in a few lines of Markdown, before its end is known. */
function noteOf({ workflowId, ui, definition, dataset, leaderboard }: TrackedTraining): string {
  const name = ui === null ? `\`${workflowId}\`` : `[${workflowId}](${ui})`;
  return [
    `Pipeline run ${name} of **${definition.model}**.`,
    '',
    `- ${dataset.rows} rows (${dataset.positives} positive), ${dataset.rejected} rejected`,
    `- ${leaderboard.length} cross-validated, each a run below this one; chosen by ${definition.selection.metric}`,
  ].join('\n');
}
