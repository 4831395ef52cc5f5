import { z } from 'zod';
import type { ArtifactRef, ReportAddress } from '../contracts/values.js';
import type { Definition } from '../contracts/definition.js';
import type { RunOrigin } from '../contracts/identity.js';
import type { ExploratoryProfile, DriftReport, Evaluation, TrainingReport } from '../contracts/results.js';
import type { ModelDocument } from '../contracts/model.js';
import type { CheckEntry, CheckReport, ComparisonDetails } from '../contracts/monitoring.js';
import type { PipelineStatus } from '../contracts/pipeline.js';
import { describeColumn } from '../definition/table-schema.js';
import { parseModelDocument } from '../model/model-document.js';
import { checked } from './inputs/monitoring.js';
import { pipelineStatus } from './inputs/results.js';
import { definition, text, inputsOf } from './inputs/parse.js';
import { monitoringTarget } from './monitor.js';
import type { Ports } from './ports.js';

/** Earlier checks that a drift report shows. */
const TREND_CHECKS = 100;

/** A check that was concluded. */
export interface Checked {
  definition: Definition;
  entry: CheckEntry;
  details: ArtifactRef;
}

/** Loaded with the first report: the chart library takes about half a second, which a worker that writes none never pays. */
const pages = {
  training: async (report: TrainingReport): Promise<string> =>
    (await import('../report/training-report.js')).renderTrainingReport(report),
  drift: async (report: DriftReport): Promise<string> =>
    (await import('../report/drift-report.js')).renderDriftReport(report),
};

/** Report: what a training run or a drift check found, for people and as JSON. */
export function createReportActivities(ports: Ports) {
  const { registry, store, monitoringLog, reports, tracker, snapshots, running, now, runUrl } = ports;
  const json = async <T>(ref: ArtifactRef) => JSON.parse(new TextDecoder().decode(await store.get(ref))) as T;

  const reportOf = async ({ definition, entry, details }: Checked): Promise<DriftReport> => {
    const earlier = await monitoringLog.checks(monitoringTarget(definition), TREND_CHECKS + 1);
    return {
      kind: 'drift-report',
      schemaVersion: 2,
      check: entry,
      policy: definition.monitoring,
      ...(await json<ComparisonDetails>(details)),
      trend: earlier.filter(({ run }) => run !== entry.run).slice(-TREND_CHECKS),
    };
  };

  return {
    async reportTraining(
      input: { definition: Definition; status: PipelineStatus } & Pick<TrainingReport['run'], 'outcome' | 'reason'>,
    ): Promise<ReportAddress> {
      const { definition, status, outcome, reason } = input;
      const { workflowId, runId } = running();
      const version = status.model && (await registry.version(status.model.name, status.model.version));
      const { columns, target, validation, selection, card } = definition;
      const createdAt = now().toISOString();
      const report: TrainingReport = {
        kind: 'training-report',
        schemaVersion: 3,
        createdAt,
        model: {
          name: definition.model,
          version: version?.version ?? null,
          sha256: version?.model.sha256 ?? null,
          candidateKind: definition.candidates.find(({ name }) => name === status.chosen)?.kind ?? null,
        },
        run: { workflowId, runId, outcome, reason, ui: runUrl(workflowId, runId) },
        status,
        confidence: validation.confidence,
        selectionMetric: selection.metric,
        features: columns.map(describeColumn),
        labels: { negative: target.negative, positive: target.positive },
        decision: version && decisionOf(parseModelDocument(await store.get(version.model))),
        evaluation: version && (await json<Evaluation>(version.lineage.evaluation)),
        profile: version && (await json<ExploratoryProfile>(version.lineage.profile)),
        lineage: version && lineageOf(version.lineage),
        decisions: version?.decisions.map(({ run: _, ...said }) => said) ?? [],
        card,
      };
      const files = { html: await pages.training(report), json: JSON.stringify(report) };
      const written = { model: definition.model, kind: 'training', id: workflowId, createdAt, ...files } as const;
      const address = await reports.write(written);
      await tracker.ended(report, files);
      return address;
    },

    async reportCheck(checked: Checked): Promise<CheckReport> {
      const { entry, definition } = checked;
      const id = running().workflowId;
      const report = await reportOf(checked);
      const files = { html: await pages.drift(report), json: JSON.stringify(report) };
      const written = { model: definition.model, kind: 'drift', id, createdAt: entry.at, ...files } as const;
      const address = await reports.write(written);
      await tracker.checked(report, files);
      return { ...address, ...(snapshots !== null && { snapshot: true }) };
    },

    /** Shows a check as a snapshot on the server that there is for it. Gives its address, `null` without such a server. */
    async pushSnapshot(checked: Checked): Promise<string | null> {
      return snapshots === null ? null : snapshots.push(await reportOf(checked));
    },
  };
}

const decisionOf = ({ threshold, thresholdChoice, calibration }: ModelDocument): TrainingReport['decision'] => ({
  threshold,
  choice: thresholdChoice,
  calibration: calibration?.kind ?? 'none',
});

function lineageOf(lineage: NonNullable<TrainingReport['lineage']>): NonNullable<TrainingReport['lineage']> {
  const { workflowId, runId, datasetUri, datasetSha256, sourceSha256, definitionSha256, codeVersion, commit } = lineage;
  const { candidate, origin } = lineage;
  return {
    workflowId,
    runId,
    origin: origin && publicOrigin(origin),
    datasetUri,
    datasetSha256,
    sourceSha256,
    definitionSha256,
    codeVersion,
    commit,
    candidate,
  };
}

/** Of a person the name and how far it is proved, and not what proves it. */
const publicOrigin = (origin: RunOrigin): RunOrigin =>
  origin.kind === 'person' ? { kind: 'person', by: { name: origin.by.name, proof: origin.by.proof } } : origin;

/** Stage and schema of each. */
export const REPORT_INPUTS = inputsOf<ReturnType<typeof createReportActivities>>()({
  reportTraining: {
    stage: 'report',
    input: z.strictObject({
      definition,
      status: pipelineStatus,
      outcome: z.enum(['deployed', 'refused', 'rejected', 'rolled-back', 'failed', 'cancelled']),
      reason: text,
    }),
  },
  reportCheck: { stage: 'report', input: checked },
  pushSnapshot: { stage: 'report', input: checked },
});
