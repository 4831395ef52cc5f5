import type { Definition } from '../contracts/definition.js';
import type { RunOrigin } from '../contracts/identity.js';
import type { ModelDocument } from '../contracts/model.js';
import type { PipelineStatus } from '../contracts/pipeline.js';
import type { Evaluation, ExploratoryProfile, ReportLineage, TrainingReport } from '../contracts/results.js';
import { describeColumn } from '../definition/table-schema.js';
import type { ModelVersion } from '../registry/registry.js';

/** What is known of a training run that has ended. */
export interface EndedRun {
  definition: Definition;
  status: PipelineStatus;
  run: TrainingReport['run'];
  /** ISO 8601, UTC. */
  createdAt: string;
  /** The version that came of it, with what is kept beside it; `null` when none was registered. */
  registered: {
    version: ModelVersion;
    document: ModelDocument;
    evaluation: Evaluation;
    profile: ExploratoryProfile;
  } | null;
}

/** The report of a training run as a document: it leaves the store, so it holds nothing of what must stay there. */
export function trainingDocument({ definition, status, run, createdAt, registered }: EndedRun): TrainingReport {
  const { columns, target, validation, selection, card } = definition;
  const version = registered?.version ?? null;
  return {
    kind: 'training-report',
    schemaVersion: 3,
    createdAt,
    model: {
      name: definition.model,
      version: version?.version ?? null,
      sha256: version?.model.sha256 ?? null,
      candidateKind: definition.candidates.find(({ name }) => name === status.chosen)?.kind ?? null,
    },
    run,
    status,
    confidence: validation.confidence,
    selectionMetric: selection.metric,
    features: columns.map(describeColumn),
    labels: { negative: target.negative, positive: target.positive },
    decision: registered && decisionOf(registered.document),
    evaluation: registered?.evaluation ?? null,
    profile: registered?.profile ?? null,
    lineage: version && lineageOf(version.lineage),
    decisions: version?.decisions.map(({ run: _, ...said }) => said) ?? [],
    card,
  };
}

const decisionOf = ({ threshold, thresholdChoice, calibration }: ModelDocument): TrainingReport['decision'] => ({
  threshold,
  choice: thresholdChoice,
  calibration: calibration?.kind ?? 'none',
});

/** Of a lineage what may leave the store: no reference to rows. */
function lineageOf(lineage: ReportLineage): ReportLineage {
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
