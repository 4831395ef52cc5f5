import { z } from 'zod';
import { inputsOf, parseInput } from './inputs/parse.js';
import { WORKFLOW_INPUTS, type WorkflowName, WORKFLOW_NAMES } from './inputs/workflows.js';

/** Check: the first step of every workflow, whose code holds no schema. */
export const createCheckActivities = () => ({
  /** @throws InputInvalid when the input of a workflow is not what its type says; whoever reaches Temporal may start one */
  checkInput({ workflow, input }: { workflow: WorkflowName; input: unknown }): Promise<void> {
    parseInput<unknown>(WORKFLOW_INPUTS[workflow], input, `The input of the workflow ${workflow}`);
    return Promise.resolve();
  },
});

/** What each of these is given. The types ask for an activity, or a field of its input, that is added. */
export const CHECK_INPUTS = inputsOf<ReturnType<typeof createCheckActivities>>()({
  checkInput: { stage: 'input', input: z.strictObject({ workflow: z.enum(WORKFLOW_NAMES), input: z.unknown() }) },
});
