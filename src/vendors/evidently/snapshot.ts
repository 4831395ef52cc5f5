import type { DriftState } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/report.js';
import { decimals } from '../../contracts/text.js';
import { columnsTable } from './columns-table.js';
import type { Snapshot } from './documents.js';
import { resultsOf } from './results.js';
import { counters, testWidgets } from './widgets.js';

/** Key of the metadata that names the check a snapshot is of: `workflow id/run id`. */
export const RUN = 'run';

/** Tag of checks whose window had enough rows to be judged. */
export const JUDGED = 'judged';

const VERDICTS: Record<DriftState, string> = {
  insufficient: 'Insufficient data',
  'no-drift': 'No drift',
  drift: 'Drift',
};

/** A drift check as a run of Evidently: aggregates and distributions, no rows and no extremes. */
export function snapshotOf(report: DriftReport): Snapshot {
  const { check } = report;
  const results = resultsOf(report).map((result) => [result.metric_value_location.metric.metric_id, result] as const);
  const tests = results.flatMap(([, result]) => result.tests);
  return {
    report: { items: [] },
    name: `drift ${check.window.to}`,
    timestamp: check.window.to.replace(/Z$/, ''),
    metadata: metadataOf(report),
    tags: [
      `version ${check.model.version}`,
      check.mode,
      check.drift,
      ...(check.drift === 'insufficient' ? [] : [JUDGED]),
    ],
    metric_results: Object.fromEntries(results),
    top_level_metrics: results.map(([id]) => id),
    widgets: [overview(report), counts(report), columnsTable(report)],
    tests_widgets: tests.length === 0 ? [] : testWidgets(tests),
  };
}

function metadataOf({ check, performance }: DriftReport): Record<string, string> {
  const { model, window, decision } = check;
  const [workflow = '', temporalRun = ''] = check.run.split('/');
  return {
    [RUN]: check.run,
    workflow_id: workflow,
    run_id: temporalRun,
    model: model.name,
    version: String(model.version),
    model_sha256: model.sha256,
    window_from: window.from,
    window_to: window.to,
    drift: check.drift,
    decision: decision.state,
    why: decision.why,
    performance: performance.found,
  };
}

const overview = ({ check }: DriftReport) =>
  counters(['overview'], '', [[VERDICTS[check.drift], `${check.decision.state}: ${check.decision.why}`]]);

const counts = ({ check, columns, reference, performance }: DriftReport) =>
  counters(['counts'], '', [
    [String(check.rows), 'Rows'],
    [String(reference.rows), 'Rows at training'],
    [`${check.driftedCount} of ${columns.length}`, 'Columns drifted after error control'],
    [check.requests ? `${check.requests.refused} of ${check.requests.total}` : 'unknown', 'Requests refused'],
    [check.evidentlyDrift ? 'Drift' : 'No drift', "By Evidently's default"],
    [decimals(check.performance.value, performance.state), `Performance: ${performance.metric}`],
  ]);
