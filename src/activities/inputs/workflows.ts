import { z } from 'zod';
import type { CheckInput, RetrainInput } from '../../contracts/monitoring.js';
import type { DeployInput, PipelineInput, RollbackInput } from '../../contracts/pipeline.js';
import { deployInput, rollbackInput } from './deployment.js';
import { origin } from './origin.js';
import { cause, checkMode } from './monitoring.js';
import { schemasFor, definition, store, time } from './parse.js';

/** What each workflow is started with. */
export interface WorkflowInputs {
  trainingPipeline: PipelineInput;
  deployModel: DeployInput;
  rollbackModel: RollbackInput;
  checkDrift: CheckInput;
  retrainModel: RetrainInput;
}

/** The same as schemas. Whoever adds a workflow, or a field to its input, adds it here: the types ask for it. */
export const WORKFLOW_INPUTS = schemasFor<WorkflowInputs>()({
  trainingPipeline: z.strictObject({
    store,
    definition,
    reuse: z.boolean(),
    keepSchedules: z.literal(true).exactOptional(),
    origin: origin.exactOptional(),
  }),
  deployModel: deployInput,
  rollbackModel: rollbackInput,
  checkDrift: z.strictObject({
    store,
    definition,
    mode: checkMode,
    to: time.nullable(),
    windowMinutes: z.number().positive().nullable(),
  }),
  retrainModel: z.strictObject({ store, definition, cause, origin: origin.exactOptional() }),
});

export type WorkflowName = keyof typeof WORKFLOW_INPUTS;

export const WORKFLOW_NAMES = Object.keys(WORKFLOW_INPUTS) as WorkflowName[]; // its keys are these
