import { parseInput } from './inputs/parse.js';
import { WORKFLOW_INPUTS, type WorkflowName } from './inputs/workflows.js';

/** Check: the first step of every workflow, whose code holds no schema. */
export const createCheckActivities = () => ({
  /** @throws InputInvalid when the input of a workflow is not what its type says; whoever reaches Temporal may start one */
  checkInput({ workflow, input }: { workflow: WorkflowName; input: unknown }): Promise<void> {
    parseInput<unknown>(WORKFLOW_INPUTS[workflow], input, `The input of the workflow ${workflow}`);
    return Promise.resolve();
  },
});
