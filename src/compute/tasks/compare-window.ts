import type { Estimate, ArtifactRef, TimeWindow } from '../../contracts/values.js';
import type { CaptureSource } from '../../capture/partitions.js';
import { readLabelled } from '../../capture/known-labels.js';
import { readWindow, type WindowRows } from '../../capture/read.js';
import { FEWEST_SHARING } from '../../contracts/limits.js';
import {
  type ColumnDrift,
  type Comparison,
  type ComparisonDetails,
  MOST_NAMES,
  type PerformanceFinding,
} from '../../contracts/monitoring.js';
import { PipelineFailure } from '../../contracts/failures.js';
import type { MonitoringPolicy, PerformancePolicy } from '../../contracts/definition.js';
import type { MonitoringReference } from '../../contracts/reference.js';
import { HOUR_MS } from '../../contracts/text.js';
import { compareWindow } from '../../ml/drift/compare-window.js';
import { parseMonitoringReference } from '../../ml/drift/parse-reference.js';
import { estimatePerformance, judgePerformance, measurePerformance } from '../../monitoring/performance.js';
import { controlErrors, judgeWindow, judgeRequests } from '../../monitoring/judge-window.js';
import { type ArtifactStore, MissingArtifact } from '../../store/artifacts.js';
import { defineTask, type TaskContext } from '../task.js';

/** A window of a version, and what it is compared with. */
export interface CompareWindowInput {
  /** `file:` or `s3:` URI under which predictions are captured. */
  captureUri: string;
  model: string;
  sha256: string;
  window: TimeWindow;
  policy: MonitoringPolicy;
  reference: ArtifactRef;
  /** The metric of the performance policy at training. */
  crossValidated: Estimate;
  seed: number;
}

/** What the window says; which version it is of, the activity adds. */
export type CompareWindowOutput = Omit<Comparison, 'model'>;

/** Compares what a version predicted in a window with its reference, and with the labels that are known by now. */
export const compareWindowTask = defineTask({
  name: 'compare-window',
  version: 1,
  run: async (input: CompareWindowInput, { store, capture, report }: TaskContext): Promise<CompareWindowOutput> => {
    const reference = await readReference(store, input);
    const { model, sha256, window, policy } = input;
    const source = capture(input.captureUri);
    const features = reference.profile.features.map(({ name }) => name);
    const rows = await readWindow({ source, model, sha256, features, window });
    report(`${rows.summary.rows} rows read`);

    const columns = controlErrors(compared(reference, rows, policy.drift.minimumEffect), policy.drift);
    const performance = await performanceOf(input, source, reference, rows);
    const details: ComparisonDetails = {
      window: rows.summary,
      reference: {
        rows: reference.profile.labels.negatives + reference.profile.labels.positives,
        exact: reference.profile.features.every(({ distribution }) => distribution.kind === 'exact'),
      },
      columns: columns.map((column) => toldOf(column, rows.summary.rows)),
      performance: {
        ...performance,
        measured: (performance.measured?.rows ?? 0) < FEWEST_SHARING ? null : performance.measured,
      },
    };
    const value = details.performance.measured?.metrics[input.policy.performance.metric].value ?? null;
    const verdict = judgeWindow(columns, rows.summary.rows, policy.drift);
    return {
      ...verdict,
      largestEffect: judgeWindow(details.columns, rows.summary.rows, policy.drift).largestEffect,
      driftedCount: verdict.driftedColumns.length,
      driftedColumns: verdict.driftedColumns.slice(0, MOST_NAMES),
      rows: rows.summary.rows,
      performance: {
        state: performance.state,
        found: performance.found,
        value,
        rows: performance.measured?.rows ?? 0,
      },
      requests: judgeRequests(rows.requests, policy.requests),
      details: await store.put(new TextEncoder().encode(JSON.stringify(details))),
    };
  },
});

/** @throws PipelineFailure `ArtifactCorrupt` when it is not here, or damaged */
async function readReference(store: ArtifactStore, { model, reference }: CompareWindowInput) {
  try {
    return parseMonitoringReference(await store.get(reference));
  } catch (error) {
    if (!(error instanceof MissingArtifact)) throw error;
    throw new PipelineFailure(
      'ArtifactCorrupt',
      `What inputs of model ${model} were like at training is not in this store: it tells of single rows, so it never leaves the store of the worker that trained; check there, or train the model here.`,
      { cause: error },
    );
  }
}

/** With fewer rows the mean and the bins of a window would tell about single people. */
const TOLD_FROM_ROWS = 20;

/** What may be told of a column in a window of so many rows: a distance of very few values gives them away. */
function toldOf(column: ColumnDrift, rows: number): ColumnDrift {
  const reported =
    rows < TOLD_FROM_ROWS ? { ...column, current: { ...column.current, mean: null }, histogram: null } : column;
  if (!isFew(column.current) && !isFew(column.reference)) return reported;
  const hypotheses = column.hypotheses.filter(({ about }) => about !== 'distribution');
  return { ...reported, test: null, stability: null, hypotheses, histogram: null };
}

const isFew = ({ rows }: { rows: number }): boolean => rows > 0 && rows < FEWEST_SHARING;

/** Where no inputs were captured at all, only what the model answered can be compared. */
function compared({ profile }: MonitoringReference, rows: WindowRows, minimumEffect: number): ColumnDrift[] {
  const { summary } = rows;
  const answersOnly = summary.rows > 0 && summary.withoutInputs === summary.rows;
  return compareWindow(answersOnly ? { ...profile, features: [] } : profile, rows, { minimumEffect });
}

async function performanceOf(
  { model, sha256, window, policy, crossValidated, seed }: CompareWindowInput,
  source: CaptureSource,
  { calibration }: MonitoringReference,
  rows: WindowRows,
): Promise<PerformanceFinding> {
  const longer = performanceWindow(window.to, policy.performance);
  const labelled = await readLabelled({ source, model, sha256, window: longer });
  return judgePerformance({
    performance: labelled.labels.length === 0 ? null : measurePerformance(labelled, { seed }),
    unmatchedLabels: labelled.unmatched,
    estimated: rows.summary.rows < FEWEST_SHARING ? null : estimatePerformance(rows, calibration),
    policy: policy.performance,
    reference: crossValidated,
    window: longer,
  });
}

/** Labels come late, so performance looks further back than drift does. */
const performanceWindow = (to: string, { windowHours }: PerformancePolicy) => ({
  from: new Date(Date.parse(to) - windowHours * HOUR_MS).toISOString(),
  to,
});
