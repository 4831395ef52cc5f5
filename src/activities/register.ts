import { z } from 'zod';
import type { ArtifactRef, RegisteredModel } from '../contracts/values.js';
import type { Definition } from '../contracts/definition.js';
import { type RunOrigin, whyItBegan } from '../contracts/identity.js';
import type { EvaluationResult, FitResult, GateVerdict, IngestResult, LeaderboardRow } from '../contracts/results.js';
import { learningDigest } from '../definition/definition.js';
import { goldenRequests } from '../model/golden.js';
import { parseModelDocument } from '../model/model-document.js';
import { origin } from './inputs/deployment.js';
import { evaluationResult, fitResult, gateVerdict, ingestResult, leaderboardRow } from './inputs/results.js';
import { artifact, definition, time, inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';

/** Register: every judged candidate becomes a version; one that passed its gate becomes `candidate`. */
export function createRegisterActivities({
  registry,
  store,
  tracker,
  running,
  runUrl,
  codeVersion,
  commit,
}: Pick<Ports, 'registry' | 'store' | 'tracker' | 'running' | 'runUrl' | 'codeVersion' | 'commit'>) {
  return {
    async registerModel(input: {
      definition: Definition;
      dataset: IngestResult;
      profile: ArtifactRef;
      trainingRows: ArtifactRef;
      matrix: ArtifactRef;
      leaderboard: LeaderboardRow[];
      /** When the workflow began, ISO 8601, UTC. */
      startedAt: string;
      /** Why it began. */
      origin: RunOrigin | null;
      chosen: LeaderboardRow;
      fit: FitResult;
      evaluation: EvaluationResult;
      gate: GateVerdict;
    }): Promise<RegisteredModel> {
      const { definition, dataset, leaderboard, startedAt, chosen, fit, gate } = input;
      const { workflowId, runId } = running();
      const definitionSha256 = learningDigest(definition);
      const ui = runUrl(workflowId, runId);
      await tracker.trained({
        workflowId,
        runId,
        startedAt,
        definition,
        definitionSha256,
        dataset,
        leaderboard,
        codeVersion,
        commit,
        ui,
      });
      const { name, version, model } = await registry.register({
        name: definition.model,
        model: fit.model,
        portable: fit.portable,
        confidence: definition.validation.confidence,
        crossValidated: chosen.metrics,
        holdout: fit.holdout,
        gate: { passed: gate.passed, checks: gate.checks },
        golden: goldenRequests(parseModelDocument(await store.get(fit.model))),
        lineage: {
          workflowId,
          runId,
          codeVersion,
          commit,
          datasetUri: dataset.uri,
          datasetSha256: dataset.dataset.sha256,
          sourceSha256: dataset.sourceSha256,
          definitionSha256,
          candidate: chosen.candidate,
          origin: input.origin,
          profile: input.profile,
          trainingRows: input.trainingRows,
          matrix: input.matrix,
          options: chosen.options,
          definition: await store.put(asJson(definition, dataset)),
          ...input.evaluation,
        },
      });
      if (gate.passed)
        await registry.setAlias(name, {
          alias: 'candidate',
          version,
          by: workflowId,
          reason: `${whyItBegan(input.origin)}, gate passed`,
        });
      return { name, version, sha256: model.sha256 };
    },
  };
}

/** The definition with the data set's address as lineage has it: a query may hold a secret. */
function asJson(definition: Definition, { uri }: IngestResult): Uint8Array {
  const dataset = { ...definition.dataset, uri };
  return new TextEncoder().encode(`${JSON.stringify({ ...definition, dataset }, null, 2)}\n`);
}

/** Stage and schema of each. */
export const REGISTER_INPUTS = inputsOf<ReturnType<typeof createRegisterActivities>>()({
  registerModel: {
    stage: 'register',
    input: z.strictObject({
      definition,
      dataset: ingestResult,
      profile: artifact,
      trainingRows: artifact,
      matrix: artifact,
      leaderboard: z.array(leaderboardRow),
      startedAt: time,
      origin: origin.nullable(),
      chosen: leaderboardRow,
      fit: fitResult,
      evaluation: evaluationResult,
      gate: gateVerdict,
    }),
  },
});
