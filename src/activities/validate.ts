import { z } from 'zod';
import type { ArtifactRef } from '../contracts/values.js';
import type { Definition, CandidateDefinition } from '../contracts/definition.js';
import type { EvaluationResult, FitResult, GateVerdict, LeaderboardRow } from '../contracts/results.js';
import { learningDigest } from '../definition/definition.js';
import { championAlias } from '../registry/registry.js';
import { gateWarnings, judgeChampion, judgeMinimums } from '../ml/evaluation/gate.js';
import { fits, leaderboardRow } from './inputs/results.js';
import { artifact, definition, sha256, inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';
import { computeTask, type Step } from './reuse.js';

/** Validate: refit the chosen candidate, judge it on rows it has never seen, and against the serving model. */
export function createValidateActivities(ports: Ports) {
  const { registry, compute, codeVersion } = ports;
  return {
    fitCandidate(input: {
      definition: Definition;
      datasetSha256: string;
      matrix: ArtifactRef;
      chosen: LeaderboardRow;
      reuse: boolean;
    }): Promise<Step<FitResult>> {
      const { columns, split, validation, target, model, calibration, threshold } = input.definition;
      const task = {
        ...{ columns, split, validation, target, model, calibration, threshold, codeVersion },
        candidate: chosenCandidate(input.definition, input.chosen),
        matrix: input.matrix,
        crossValidated: input.chosen.metrics,
        datasetSha256: input.datasetSha256,
        definitionSha256: learningDigest(input.definition),
      };
      return computeTask(ports, 'fit/3', task, input.reuse);
    },

    /** Curves, calibration and importances for reports, and the reference that monitoring compares with. */
    evaluateCandidate(input: {
      definition: Definition;
      matrix: ArtifactRef;
      fit: Pick<FitResult, 'model' | 'outOfFold'>;
      reuse: boolean;
    }): Promise<Step<EvaluationResult>> {
      const { columns, split, validation } = input.definition;
      const { model, outOfFold } = input.fit;
      const task = { columns, split, validation, matrix: input.matrix, model, outOfFold };
      return computeTask(ports, 'evaluate/3', task, input.reuse);
    },

    async judgeCandidate(input: {
      definition: Definition;
      matrix: ArtifactRef;
      model: ArtifactRef;
      chosen: LeaderboardRow;
    }): Promise<GateVerdict> {
      const { gate, selection, validation, split, model, deployment } = input.definition;
      const champion = await registry.alias(model, championAlias(model, deployment));
      const judgedAgainst = champion?.version ?? null;
      if (champion?.model.sha256 === input.model.sha256)
        return { passed: true, checks: [], comparison: null, champion: judgedAgainst, unchanged: true, warnings: [] };
      const checks = judgeMinimums(gate, input.chosen.metrics);
      if (champion === null)
        return {
          passed: checks.every(({ passed }) => passed),
          checks,
          comparison: null,
          champion: null,
          unchanged: false,
          warnings: gateWarnings(checks, input.chosen),
        };
      const judged = await compute.run(
        'judge/1',
        {
          matrix: input.matrix,
          model: input.model,
          metric: selection.metric,
          crossValidated: input.chosen.metrics,
          confidence: validation.confidence,
          minimumRowsPerClass: gate.minimumRowsPerClass,
          championConfidence: gate.championConfidence,
          seed: split.seed,
          champion: { ...champion, trainingRows: champion.lineage.trainingRows },
        },
        ports.running(),
      );
      checks.push(judgeChampion(champion.version, judged.comparison, gate));
      return {
        ...judged,
        champion: judgedAgainst,
        passed: checks.every(({ passed }) => passed),
        checks,
        unchanged: false,
        warnings: [...gateWarnings(checks, input.chosen), ...judged.warnings],
      };
    },
  };
}

/** The candidate of a row of the leaderboard, with the options that it was measured with. */
function chosenCandidate({ candidates }: Definition, { candidate, options }: LeaderboardRow): CandidateDefinition {
  const defined = candidates.find(({ name }) => name === candidate)!;
  return { ...defined, options } as CandidateDefinition; // the row's options are of its candidate's kind
}

/** Stage and schema of each. */
export const VALIDATE_INPUTS = inputsOf<ReturnType<typeof createValidateActivities>>()({
  fitCandidate: {
    stage: 'validate',
    input: z
      .strictObject({ definition, datasetSha256: sha256, matrix: artifact, chosen: leaderboardRow, reuse: z.boolean() })
      .refine(
        ({ definition: { candidates }, chosen }) =>
          fits(
            candidates.find(({ name }) => name === chosen.candidate),
            chosen.options,
          ),
        { path: ['chosen'], message: 'must be a candidate of the definition with options of its kind' },
      ),
  },
  evaluateCandidate: {
    stage: 'validate',
    input: z.strictObject({
      definition,
      matrix: artifact,
      fit: z.strictObject({ model: artifact, outOfFold: artifact }),
      reuse: z.boolean(),
    }),
  },
  judgeCandidate: {
    stage: 'validate',
    input: z.strictObject({ definition, matrix: artifact, model: artifact, chosen: leaderboardRow }),
  },
});
