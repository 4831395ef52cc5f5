import type { ArtifactRef } from '../contracts/artifact.js';
import type { Definition } from '../contracts/definition.js';
import type {
  EvaluationResult,
  FitResult,
  GateVerdict,
  IngestResult,
  LeaderboardRow,
  RegisteredModel,
} from '../contracts/results.js';
import { learningDigest } from '../definition.js';
import type { Ports } from './ports.js';

/** Register: every judged candidate becomes a version; one that passed its gate becomes `candidate`. */
export function createRegisterActivities({ registry, running, codeVersion }: Ports) {
  return {
    async registerModel(input: {
      definition: Definition;
      dataset: IngestResult;
      profile: ArtifactRef;
      trainingRows: ArtifactRef;
      chosen: LeaderboardRow;
      fit: FitResult;
      evaluation: EvaluationResult;
      gate: GateVerdict;
    }): Promise<RegisteredModel> {
      const { definition, dataset, chosen, fit, gate } = input;
      const { workflowId, runId } = running();
      const { name, version, model } = await registry.register({
        name: definition.model,
        model: fit.model,
        confidence: definition.validation.confidence,
        crossValidated: chosen.metrics,
        holdout: fit.holdout,
        gate: { passed: gate.passed, checks: gate.checks },
        lineage: {
          ...{ workflowId, runId, codeVersion },
          datasetUri: dataset.uri,
          datasetSha256: dataset.dataset.sha256,
          sourceSha256: dataset.sourceSha256,
          definitionSha256: learningDigest(definition),
          candidate: chosen.candidate,
          profile: input.profile,
          trainingRows: input.trainingRows,
          ...input.evaluation,
        },
      });
      if (gate.passed)
        await registry.setAlias(name, { alias: 'candidate', version, by: workflowId, reason: 'passed its gate' });
      return { name, version, sha256: model.sha256 };
    },
  };
}
