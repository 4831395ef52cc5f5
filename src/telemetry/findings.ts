import type { Activities } from '../activities/index.js';
import type { ArtifactRef } from '../contracts/artifact.js';
import type { ComparisonDetails } from '../contracts/monitoring.js';
import type { Metrics } from './metrics.js';

/** More columns than this are in the report alone: every label value is a series that Prometheus keeps. */
const MOST_COLUMNS = 100;

/** What findings are told with. */
export interface FindingsContext {
  metrics: Metrics;
  /** The bytes of an artifact, for what is too large to travel with a result. */
  read: (ref: ArtifactRef) => Promise<Uint8Array>;
  /** Tells anew which versions serve. */
  servingChanged: () => Promise<void>;
}

type Findings = {
  [N in keyof Activities]?: (
    context: FindingsContext,
    result: Awaited<ReturnType<Activities[N]>>,
    input: Parameters<Activities[N]>[0],
  ) => void | Promise<void>;
};

/** What the metrics learn from the results of activities. */
export const FINDINGS: Findings = {
  ingestDataset({ metrics }, { result }, { definition: { model } }) {
    metrics('mlops_dataset_rows', result.rows, { model, kind: 'kept' });
    metrics('mlops_dataset_rows', result.rejected, { model, kind: 'rejected' });
  },
  judgeCandidate({ metrics }, { passed }, { definition: { model } }) {
    metrics('mlops_gate_verdicts_total', 1, { model, verdict: passed ? 'passed' : 'refused' });
  },
  async promoteModel({ metrics, servingChanged }, _, { model: { name: model } }) {
    metrics('mlops_deployments_total', 1, { model, outcome: 'deployed' });
    await servingChanged();
  },
  async recordRollback({ metrics, servingChanged }, _, { input }) {
    metrics('mlops_deployments_total', 1, { model: input.model.name, outcome: 'rolled-back' });
    await servingChanged();
  },
  async compareWindow({ metrics, read }, { rows, driftedCount, requests, details }, { definition: { model } }) {
    metrics('mlops_predictions_checked_total', rows, { model });
    metrics('mlops_requests_refused_total', requests.refused, { model });
    const { columns } = JSON.parse(new TextDecoder().decode(await read(details))) as ComparisonDetails;
    metrics('mlops_drifted_columns_share', columns.length === 0 ? 0 : driftedCount / columns.length, { model });
    for (const { column, stability } of columns.slice(0, MOST_COLUMNS))
      if (stability !== null) metrics('mlops_drift_score', stability.value, { model, column });
  },
  concludeCheck({ metrics }, { drift }, { definition: { model } }) {
    metrics('mlops_drift_checks_total', 1, { model, verdict: drift });
  },
  claimRetraining({ metrics }, { allowed }, { definition: { model }, cause }) {
    metrics('mlops_retraining_decisions_total', 1, { model, cause, decision: allowed ? 'allowed' : 'held' });
  },
  sendAlert({ metrics }, _, { alert: { kind }, sink }) {
    metrics('mlops_alerts_total', 1, { kind, sink });
  },
};
