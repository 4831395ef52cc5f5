import { z } from 'zod';
import type { ArtifactRef } from '../contracts/values.js';
import type { Definition, CandidateDefinition } from '../contracts/definition.js';
import type { EvaluationResult, FitResult, GateVerdict, LeaderboardRow } from '../contracts/results.js';
import { learningDigest } from '../definition/definition.js';
import { championAlias, type ModelVersion } from '../registry/registry.js';
import { gateWarnings, judgeChampion, judgeMinimums } from '../ml/evaluation/gate.js';
import { fits, leaderboardRow } from './inputs/results.js';
import { artifact, definition, sha256, inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';
import { computeTask, type Step, type StepPorts } from './reuse.js';

/** A fitted candidate that the gate is asked about. */
export interface JudgeCandidateInput {
  definition: Definition;
  matrix: ArtifactRef;
  model: ArtifactRef;
  chosen: LeaderboardRow;
}

/** Validate: refit the chosen candidate, judge it on rows it has never seen, and against the serving model. */
export function createValidateActivities(ports: StepPorts & Pick<Ports, 'registry'>) {
  const { registry, compute, codeVersion, running } = ports;

  const compareWith = (champion: ModelVersion, { definition, matrix, model, chosen }: JudgeCandidateInput) => {
    const { gate, selection, validation, split } = definition;
    return compute.run(
      'judge/1',
      {
        matrix,
        model,
        metric: selection.metric,
        crossValidated: chosen.metrics,
        confidence: validation.confidence,
        minimumRowsPerClass: gate.minimumRowsPerClass,
        championConfidence: gate.championConfidence,
        seed: split.seed,
        champion: { ...champion, trainingRows: champion.lineage.trainingRows },
      },
      running(),
    );
  };

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
        columns,
        split,
        validation,
        target,
        model,
        calibration,
        threshold,
        codeVersion,
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

    async judgeCandidate(input: JudgeCandidateInput): Promise<GateVerdict> {
      const { definition, model, chosen } = input;
      const { gate } = definition;
      const champion = await registry.alias(definition.model, championAlias(definition.model, definition.deployment));
      if (champion?.model.sha256 === model.sha256)
        return {
          passed: true,
          checks: [],
          comparison: null,
          champion: champion.version,
          unchanged: true,
          warnings: [],
        };
      const checks = judgeMinimums(gate, chosen.metrics);
      const judged = champion === null ? { comparison: null, warnings: [] } : await compareWith(champion, input);
      if (champion !== null) checks.push(judgeChampion(champion.version, judged.comparison, gate));
      return {
        passed: checks.every(({ passed }) => passed),
        checks,
        comparison: judged.comparison,
        champion: champion?.version ?? null,
        unchanged: false,
        warnings: [...gateWarnings(checks, chosen), ...judged.warnings],
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
