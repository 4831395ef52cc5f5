import { z } from 'zod';
import type { ArtifactRef, ReportAddress } from '../contracts/values.js';
import type { Definition } from '../contracts/definition.js';
import type { ExploratoryProfile, DriftReport, Evaluation, TrainingReport } from '../contracts/results.js';
import type { CheckEntry, CheckReport, ComparisonDetails } from '../contracts/monitoring.js';
import type { PipelineStatus } from '../contracts/pipeline.js';
import { parseModelDocument } from '../model/model-document.js';
import { trainingDocument } from '../report/training-document.js';
import { checked, ended } from './inputs/monitoring.js';
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
export function createReportActivities(
  ports: Pick<
    Ports,
    'registry' | 'store' | 'monitoringLog' | 'reports' | 'tracker' | 'snapshots' | 'running' | 'now' | 'runUrl'
  >,
) {
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
      const createdAt = now().toISOString();
      const version = status.model && (await registry.version(status.model.name, status.model.version));
      const report = trainingDocument({
        definition,
        status,
        createdAt,
        run: { workflowId, runId, outcome, reason, ui: runUrl(workflowId, runId) },
        registered: version && {
          version,
          document: parseModelDocument(await store.get(version.model)),
          evaluation: await json<Evaluation>(version.lineage.evaluation),
          profile: await json<ExploratoryProfile>(version.lineage.profile),
        },
      });
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

/** Stage and schema of each. */
export const REPORT_INPUTS = inputsOf<ReturnType<typeof createReportActivities>>()({
  reportTraining: {
    stage: 'report',
    input: z.strictObject({
      definition,
      status: pipelineStatus,
      outcome: ended,
      reason: text,
    }),
  },
  reportCheck: { stage: 'report', input: checked },
  pushSnapshot: { stage: 'report', input: checked },
});
