import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, executeChild, ParentClosePolicy, sleep, workflowInfo } from '@temporalio/workflow';
import type { DeployInput, DeployOutcome } from '../../contracts/pipeline.js';
import { deploymentOf, ownId } from '../../contracts/names.js';
import { deployModel } from '../deploy-model.js';

/** Pauses in seconds while another deployment of the same function runs; the last one repeats. */
const PAUSES = [1, 2, 4, 8, 15, 30, 60];

/**
 * Deploys in a child workflow, one at a time per function.
 * @param whileBusy called before every pause while another one runs
 * @throws DeploymentBusy by the definition's policy
 */
export async function deploy(
  input: DeployInput,
  whileBusy: () => Promise<unknown> = () => Promise.resolve(),
): Promise<DeployOutcome> {
  const { functionName, alias, whenBusy, busyMinutes } = input.policy;
  const deadline = Date.now() + busyMinutes * 60_000;
  for (let tries = 0; ; tries++) {
    try {
      return await executeChild(deployModel, {
        workflowId: ownId(deploymentOf(functionName), workflowInfo().taskQueue),
        args: [input],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: `version ${input.model.version} to ${functionName}:${alias}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (whenBusy === 'refuse' || Date.now() >= deadline) throw busy(input.policy);
      await whileBusy();
      const pause = PAUSES[Math.min(tries, PAUSES.length - 1)]!;
      await sleep(pause * 1000, { summary: `another deployment of ${functionName} runs` });
    }
  }
}

function busy({ functionName, whenBusy, busyMinutes }: DeployInput['policy']): ApplicationFailure {
  const found =
    whenBusy === 'refuse'
      ? 'is running and deployment.whenBusy is refuse'
      : `has been running for ${busyMinutes} minutes`;
  return ApplicationFailure.nonRetryable(
    `Another deployment of ${functionName} ${found}; cancel ${deploymentOf(functionName)} or wait, then run again.`,
    'DeploymentBusy',
  );
}
