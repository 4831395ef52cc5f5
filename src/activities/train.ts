import { z } from 'zod';
import { completeCandidate } from '../definition/candidate-schema.js';
import type { ArtifactRef, Warning } from '../contracts/values.js';
import { type Definition, type CandidateDefinition, withOptions } from '../contracts/definition.js';
import type { MeasuredTrial, NestedResult, LeaderboardRow } from '../contracts/results.js';
import { fits, measuredTrial, nestedResult, options, warning } from './inputs/results.js';
import { artifact, definitionAlone, inputsOf } from './inputs/parse.js';
import { computeTask, type Step, type StepPorts } from './reuse.js';

/**
 * Train: one activity per candidate and left-out feature; of a candidate whose options are searched, one per trial, one per
 * repeat of the nested estimate, and one that concludes.
 */
export function createTrainActivities(ports: StepPorts) {
  return {
    crossValidateCandidate(input: {
      definition: Definition;
      matrix: ArtifactRef;
      candidate: CandidateDefinition;
      without: string | null;
      reuse: boolean;
    }): Promise<Step<LeaderboardRow>> {
      const { definition, matrix, candidate, without, reuse } = input;
      const { columns, split, validation, calibration, threshold } = definition;
      const task = { matrix, columns, split, validation, calibration, threshold, candidate, without };
      return computeTask(ports, 'cross-validate/3', task, reuse);
    },

    /** One repeat of the outer folds, each scored with options that were chosen without it. */
    nestedCrossValidate(input: {
      definition: Definition;
      matrix: ArtifactRef;
      candidate: CandidateDefinition;
      /** Options of the trials that were measured. */
      trials: CandidateDefinition['options'][];
      repeat: number;
      reuse: boolean;
    }): Promise<Step<NestedResult>> {
      const { definition, matrix, candidate, repeat, reuse } = input;
      const { columns, split, validation, calibration, threshold } = definition;
      const { metric } = definition.selection;
      const { innerFolds } = definition.search;
      const trials = input.trials.map((options) => withOptions(candidate, options));
      const task = { matrix, columns, split, validation, calibration, threshold, repeat, metric, innerFolds, trials };
      return computeTask(ports, 'nested-repeat/2', task, reuse);
    },

    /** The candidate's row of the leaderboard: the winner's options with the nested estimate. */
    concludeSearch(input: {
      definition: Definition;
      candidate: CandidateDefinition;
      trials: MeasuredTrial[];
      nested: NestedResult[];
      warnings: Warning[];
      reuse: boolean;
    }): Promise<Step<LeaderboardRow>> {
      const { definition, candidate, trials, nested, warnings, reuse } = input;
      const { validation, calibration, threshold } = definition;
      const { metric } = definition.selection;
      const task = { validation, calibration, threshold, metric, candidate, trials, nested, warnings };
      return computeTask(ports, 'conclude-search/2', task, reuse);
    },
  };
}

/** Stage and schema of each. */
export const TRAIN_INPUTS = inputsOf<ReturnType<typeof createTrainActivities>>()({
  crossValidateCandidate: {
    stage: 'train',
    input: z.strictObject({
      definition: definitionAlone,
      matrix: artifact,
      candidate: completeCandidate,
      without: z.string().nullable(),
      reuse: z.boolean(),
    }),
  },
  nestedCrossValidate: {
    stage: 'train',
    input: z
      .strictObject({
        definition: definitionAlone,
        matrix: artifact,
        candidate: completeCandidate,
        trials: z.array(options),
        repeat: z.number().int().min(0),
        reuse: z.boolean(),
      })
      .refine(({ candidate, trials }) => trials.every((trial) => fits(candidate, trial)), {
        path: ['trials'],
        message: 'must have options of the candidate',
      }),
  },
  concludeSearch: {
    stage: 'train',
    input: z.strictObject({
      definition: definitionAlone,
      candidate: completeCandidate,
      trials: z.array(measuredTrial),
      nested: z.array(nestedResult),
      warnings: z.array(warning),
      reuse: z.boolean(),
    }),
  },
});
