import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, executeChild, ParentClosePolicy, sleep } from '@temporalio/workflow';
import type { DeployInput, DeployOutcome } from '../contracts/pipeline.js';
import { deployModel } from './deploy-model.js';

/** Pauses in seconds while another deployment of the same function runs: five minutes in all. */
const PAUSES = [1, 2, 4, 8, 15, 30, 60, 60, 60, 60];

/** Deploys in a child workflow, one at a time per function. @throws DeploymentBusy when the other one does not end */
export async function deploy(input: DeployInput): Promise<DeployOutcome> {
  for (const pause of PAUSES) {
    try {
      return await executeChild(deployModel, {
        workflowId: `deploy-${input.functionName}`,
        args: [input],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: `version ${input.model.version} to ${input.functionName}:${input.alias}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(`${pause} seconds`);
    }
  }
  throw ApplicationFailure.nonRetryable(
    `Another deployment of ${input.functionName} has been running for 5 minutes; cancel deploy-${input.functionName} or wait, then run again.`,
    'DeploymentBusy',
  );
}
