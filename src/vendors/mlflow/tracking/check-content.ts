import { markdown } from '../../../contracts/text.js';
import type { ColumnDrift } from '../../../contracts/monitoring.js';
import type { DriftReport } from '../../../contracts/results.js';
import type { ReportFiles } from '../../../report/tracking.js';
import { paramsOf, type Point, pointOf, type RunContent, type RunFile, tablePoints, tagsOf } from './content.js';

/** A drift check as a run: what was looked at, by which rules, and what was found. */
export function checkContent({ check, policy, window, reference, columns, performance }: DriftReport): RunContent {
  const { model, decision } = check;
  const [workflowId = '', runId = ''] = check.run.split('/');
  return {
    key: check.run,
    name: `drift ${check.window.to}`,
    startedAt: Date.parse(check.at),
    tags: tagsOf({
      'mlops.kind': 'drift-check',
      'mlops.mode': check.mode,
      'mlops.workflow-id': workflowId,
      'mlops.run-id': runId,
      'mlops.model': model.name,
      'mlops.version': String(model.version),
      'mlops.model.sha256': model.sha256,
      'mlops.drift': check.drift,
      'mlops.drifted-columns': check.driftedColumns.join(', '),
      'mlops.performance': check.performance.state,
      'mlops.requests': check.requests.state,
      'mlops.decision': decision.state,
      'mlops.retrain': decision.retrain,
      'mlflow.source.type': 'JOB',
      'mlflow.source.name': 'checkDrift',
      'mlflow.note.content': noteOf(decision.why, performance.found),
    }),
    params: paramsOf({
      model,
      window: check.window,
      reference: { exact: reference.exact },
      policy: {
        drift: policy.drift,
        performance: policy.performance,
        requests: policy.requests,
      },
    }),
    points: [
      ...pointOf('rows', check.rows),
      ...pointOf('reference/rows', reference.rows),
      ...pointOf('brokenLines', window.brokenLines),
      ...pointOf('requests', check.requests.total),
      ...pointOf('refusedRequests', check.requests.refused),
      ...pointOf('driftedColumns', check.driftedCount),
      ...pointOf('largestEffect', check.largestEffect?.value ?? null),
      ...performancePoints(performance),
      ...columns.flatMap(columnPoints),
    ],
  };
}

/** What was decided, and what was found of performance where the decision does not tell it. */
const noteOf = (why: string, found: string) =>
  why.includes(found) ? markdown(why) : `${markdown(why)}\n\n${markdown(found)}`;

/** Files of a check's run: its report. */
export const checkFiles = (files: ReportFiles): RunFile[] => [
  { path: 'report/drift-report.html', text: files.html },
  { path: 'report/drift-report.json', text: files.json },
];

/** Metrics over the labelled rows, and those that the scores alone promise. */
function performancePoints({ measured, estimated }: DriftReport['performance']): Point[] {
  return [
    ...(measured === null
      ? []
      : [
          ...tablePoints('performance/', measured.metrics),
          ...pointOf('performance/calibrationError', measured.calibrationError),
          ...pointOf('performance/rows', measured.rows),
          ...pointOf('performance/positives', measured.positives),
        ]),
    ...Object.entries(estimated?.metrics ?? {}).flatMap(([name, value]) => pointOf(`estimated/${name}`, value)),
  ];
}

/** Under the column's name: Evidently's test and index by theirs, and each hypothesis with p values, effect and verdict. */
const columnPoints = ({ column, current, test, stability, hypotheses }: ColumnDrift): Point[] => [
  ...pointOf(`column/${column}/missing`, current.missing),
  ...[test, stability].flatMap((found) =>
    found === null ? [] : pointOf(`column/${column}/${found.name}`, found.value),
  ),
  ...hypotheses.flatMap(({ about, p, adjustedP, effect, drifted }) => [
    ...pointOf(`column/${column}/${about}.p`, p),
    ...pointOf(`column/${column}/${about}.adjustedP`, adjustedP),
    ...pointOf(`column/${column}/${about}.effect`, effect.value),
    ...pointOf(`column/${column}/${about}.drifted`, Number(drifted)),
  ]),
];
