import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, executeChild, ParentClosePolicy, sleep } from '@temporalio/workflow';
import type { DeployInput, DeployOutcome } from '../contracts/pipeline.js';
import { deployModel } from './deploy-model.js';

/** How long a deployment waits for another one of the same model, and how often it asks. */
const PATIENCE = { tries: 60, every: '5 seconds' } as const;

/** Deploys in a child workflow, one at a time per model. @throws DeploymentBusy when the other one does not end */
export async function deploy(input: DeployInput): Promise<DeployOutcome> {
  for (let attempt = 1; attempt <= PATIENCE.tries; attempt++) {
    try {
      return await executeChild(deployModel, {
        workflowId: `deploy-${input.model.name}`,
        args: [input],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: `version ${input.model.version} to ${input.functionName}:${input.alias}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(PATIENCE.every);
    }
  }
  throw ApplicationFailure.nonRetryable(
    `Another deployment of ${input.model.name} has been running for 5 minutes; cancel deploy-${input.model.name} or wait, then run again.`,
    'DeploymentBusy',
  );
}
