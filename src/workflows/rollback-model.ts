import { getExternalWorkflowHandle, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { RollbackInput, RollbackOutcome } from '../contracts/pipeline.js';
import { attribute } from './attributes.js';
import { deploy } from './deploy-child.js';
import { cloud } from './profiles.js';

const { planRollback } = proxyActivities<Activities>(cloud);

/**
 * Goes back to a version that served before: stops a deployment that runs, then deploys that version all at once, with
 * its smoke test and its own way back.
 */
export async function rollbackModel(input: RollbackInput): Promise<RollbackOutcome> {
  const { model, functionName, alias, by, because } = input;
  attribute('Model', model);
  attribute('Stage', 'rollback');
  try {
    await getExternalWorkflowHandle(`deploy-${functionName}`).cancel();
  } catch {
    // none runs
  }
  for (;;) {
    const { from, to, policy } = await planRollback(input);
    attribute('ModelVersion', String(to.version));
    setCurrentDetails(
      `### ${model}\n\nGoing back from version ${from} to ${to.version} behind ${functionName}:${alias}`,
    );
    const reason = `rolled back from version ${from}: ${because}`;
    const result = await deploy({ model: to, policy, by, reason, judgedAgainst: from });
    if (result.outcome !== 'superseded') {
      setCurrentDetails(
        `### ${model}\n\n${result.outcome === 'deployed' ? `Version ${to.version} serves` : result.reason}`,
      );
      return { ...result, from, to: to.version };
    }
  }
}
