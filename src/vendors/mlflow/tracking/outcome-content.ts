import { markdown, decimals } from '../../../contracts/text.js';
import type { TrainingReport } from '../../../contracts/results.js';
import { runKey, type RunEnd } from '../runs.js';
import type { ReportFiles } from '../../../report/tracking.js';
import {
  confusionPoints,
  estimatePoints,
  type Point,
  pointOf,
  type RunContent,
  type RunFile,
  tablePoints,
  tagsOf,
} from './content.js';

/** A refused gate or a rejection is an outcome and no failure. */
export const endOf = ({ run: { outcome } }: TrainingReport): RunEnd =>
  outcome === 'failed' ? 'FAILED' : outcome === 'cancelled' ? 'KILLED' : 'FINISHED';

/** What is known of the pipeline's run when it ends, which is all there is of one that never came to train. */
export function outcomeContent(report: TrainingReport): RunContent {
  const { model, run, status, lineage, decision } = report;
  return {
    key: runKey(run),
    name: run.workflowId,
    startedAt: Date.parse(report.createdAt),
    tags: tagsOf({
      'mlops.kind': 'training',
      'mlops.model': model.name,
      'mlops.workflow-id': run.workflowId,
      'mlops.run-id': run.runId,
      'mlops.ui': run.ui,
      'mlops.dataset.sha256': status.dataset?.sha256 ?? null,
      'mlops.code-version': lineage?.codeVersion ?? null,
      'mlops.commit': lineage?.commit ?? null,
      'mlops.outcome': run.outcome,
      'mlops.reason': run.reason,
      'mlops.gate': verdictOf(report),
      'mlops.chosen': status.chosen,
      'mlops.version': model.version === null ? null : String(model.version),
      'mlops.model.sha256': model.sha256,
      'mlflow.source.type': 'JOB',
      'mlflow.source.name': 'trainingPipeline',
      'mlflow.source.git.commit': lineage?.commit ?? null,
      'mlflow.note.content': noteOf(report),
    }),
    params: {},
    points: [
      ...tablePoints('', chosenRow(report)?.metrics ?? {}),
      ...holdoutPoints(report),
      ...(report.evaluation?.importances.flatMap(({ feature, loss }) => estimatePoints('importance/', feature, loss)) ??
        []),
      ...(status.gate?.comparison
        ? estimatePoints('gate/', 'championDifference', status.gate.comparison.difference)
        : []),
      ...pointOf('threshold', decision?.threshold ?? null),
    ],
  };
}

/** The report, and what it shows as data: confusion matrices, curves, importances. */
export function outcomeFiles(report: TrainingReport, files: ReportFiles): RunFile[] {
  const { evaluation, labels, status } = report;
  const crossValidated = chosenRow(report)?.confusion ?? null;
  const holdout = status.holdout?.confusion ?? null;
  const measured = { labels, threshold: report.decision?.threshold ?? null, crossValidated, holdout };
  const data: Record<string, unknown> = {
    ...((crossValidated ?? holdout) && { 'confusion-matrix': measured }),
    ...(evaluation && {
      'roc-curve': evaluation.roc,
      'precision-recall-curve': evaluation.precisionRecall,
      calibration: evaluation.calibration,
      importances: evaluation.importances,
    }),
  };
  return [
    { path: 'report/report.html', text: files.html },
    { path: 'report/training-report.json', text: files.json },
    ...Object.entries(data).map(([name, found]) => ({
      path: `evaluation/${name}.json`,
      text: JSON.stringify(found, null, 2),
    })),
  ];
}

function holdoutPoints({ status: { holdout } }: TrainingReport): Point[] {
  if (holdout === null) return [];
  return [
    ...tablePoints('holdout/', holdout.metrics),
    ...confusionPoints('holdout/', holdout.confusion),
    ...pointOf('holdout/rows', holdout.rows),
    ...pointOf('holdout/positives', holdout.positives),
  ];
}

/** The chosen candidate on all features. */
const chosenRow = ({ status: { leaderboard, chosen } }: TrainingReport) =>
  leaderboard.find(({ candidate, without }) => candidate === chosen && without === null);

const verdictOf = ({ status: { gate } }: TrainingReport) =>
  gate === null ? null : gate.unchanged ? 'unchanged' : gate.passed ? 'passed' : 'refused';

/** The run in a few lines of Markdown. */
function noteOf(report: TrainingReport): string {
  const { run, model, status, selectionMetric } = report;
  const name = run.ui === null ? `\`${run.workflowId}\`` : `[${run.workflowId}](${run.ui})`;
  const best = chosenRow(report)?.metrics[selectionMetric];
  const lines = [
    ...(status.dataset === null ? [] : [`${status.dataset.rows} rows, ${status.dataset.rejected} rejected`]),
    ...(status.chosen === null
      ? []
      : [
          `chosen: ${markdown(status.chosen)}${best ? `, ${selectionMetric} ${decimals(best.value, 'undefined')}` : ''}`,
        ]),
    ...(status.gate?.checks.map(
      ({ rule, passed, found }) => `${passed ? 'passed' : 'refused'}: ${markdown(`${rule}, found ${found}`)}`,
    ) ?? []),
    ...(model.version === null ? [] : [`registered as version ${model.version}`]),
  ];
  const end = `${run.outcome}${run.reason === '' ? '' : `: ${markdown(run.reason)}`}`;
  return [
    `Pipeline run ${name} of **${model.name}**: **${end}**`,
    '',
    ...lines.map((line) => `- ${line}`),
    '',
    'The report is among the artifacts, at `report/report.html`.',
  ].join('\n');
}
