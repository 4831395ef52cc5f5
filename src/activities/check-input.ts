import { z } from 'zod';
import type { CheckInput, RetrainInput } from '../contracts/monitoring.js';
import type { DeployInput, PipelineInput, RollbackInput } from '../contracts/pipeline.js';
import { deployInput, rollbackInput, origin } from './inputs/deployment.js';
import { cause, checkMode } from './inputs/monitoring.js';
import { inputsOf, parseInput, schemasFor, definition, store, time } from './inputs/parse.js';

/** What each workflow is started with. */
export interface WorkflowInputs {
  trainingPipeline: PipelineInput;
  deployModel: DeployInput;
  rollbackModel: RollbackInput;
  checkDrift: CheckInput;
  retrainModel: RetrainInput;
}

/** The same as schemas. Whoever adds a workflow, or a field to its input, adds it here: the types ask for it. */
const WORKFLOW_INPUTS = schemasFor<WorkflowInputs>()({
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

/** Name of a workflow, as clients start it. */
export type WorkflowName = keyof typeof WORKFLOW_INPUTS;

/** All of them. */
export const WORKFLOW_NAMES = Object.keys(WORKFLOW_INPUTS) as WorkflowName[]; // its keys are these

/** Check: the first step of every workflow, whose code holds no schema. */
export const createCheckActivities = () => ({
  /** @throws InputInvalid when the input of a workflow is not what its type says; whoever reaches Temporal may start one */
  checkInput({ workflow, input }: { workflow: WorkflowName; input: unknown }): Promise<void> {
    parseInput<unknown>(WORKFLOW_INPUTS[workflow], input, `The input of the workflow ${workflow}`);
    return Promise.resolve();
  },
});

/** Stage and schema of each. */
export const CHECK_INPUTS = inputsOf<ReturnType<typeof createCheckActivities>>()({
  checkInput: { stage: 'input', input: z.strictObject({ workflow: z.enum(WORKFLOW_NAMES), input: z.unknown() }) },
});
