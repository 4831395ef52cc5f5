import { z } from 'zod';
import type { ArtifactRef } from '../contracts/artifact.js';
import type { Definition } from '../contracts/definition.js';
import type { FeaturesResult, ProfileResult } from '../contracts/results.js';
import { artifact, definition } from './inputs/values.js';
import { inputsOf } from './inputs/table.js';
import type { Ports } from './ports.js';
import { computeTask, type Step } from './reuse.js';

export interface PrepareInput {
  definition: Definition;
  dataset: ArtifactRef;
  reuse: boolean;
}

/** Profile and features: look at the rows, split them, and check what learning would stumble over. */
export function createPrepareActivities(ports: Ports) {
  return {
    profileDataset({ definition, dataset, reuse }: PrepareInput): Promise<Step<ProfileResult>> {
      const input = { dataset, columns: definition.columns.map(({ name }) => name) };
      return computeTask(ports, 'profile/2', input, reuse);
    },

    prepareFeatures({ definition, dataset, reuse }: PrepareInput): Promise<Step<FeaturesResult>> {
      const { columns, split, validation } = definition;
      const input = { dataset, columns, split, folds: validation.folds };
      return computeTask(ports, 'features/3', input, reuse);
    },
  };
}

/** What each of these is given. The types ask for an activity, or a field of its input, that is added. */
export const PREPARE_INPUTS = inputsOf<ReturnType<typeof createPrepareActivities>>()({
  profileDataset: { stage: 'profile', input: z.strictObject({ definition, dataset: artifact, reuse: z.boolean() }) },
  prepareFeatures: { stage: 'features', input: z.strictObject({ definition, dataset: artifact, reuse: z.boolean() }) },
});
