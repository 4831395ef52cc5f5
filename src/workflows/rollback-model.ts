import { getExternalWorkflowHandle, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { markdown } from '../contracts/text.js';
import type { RollbackInput, RollbackOutcome } from '../contracts/pipeline.js';
import { deploymentOf, ownId } from '../contracts/names.js';
import { attribute } from './kit/details.js';
import { deploy } from './steps/into-service.js';
import { provedAsker } from './steps/identity.js';
import { checkInput, cloud, on } from './kit/profiles.js';

const { planRollback } = on(cloud);

/**
 * Goes back to a version that served before: stops a deployment that runs, then deploys that version all at once, with
 * its smoke test and its own way back. Which version that is, is decided before anything is stopped, and stays so.
 */
export async function rollbackModel(input: RollbackInput): Promise<RollbackOutcome> {
  await checkInput('rollbackModel', input);
  const { store, model, functionName, alias, because } = input;
  attribute('Model', model);
  attribute('Stage', 'rollback');
  const { from, to, functionVersion, policy } = await planRollback(input);
  const { name: by, proof } = await provedAsker(input);
  attribute('ModelVersion', String(to.version));
  const tell = (state: string) => setCurrentDetails(`### ${model}\n\n${markdown(state)}`);
  tell(`Going back from version ${from} to ${to.version} behind ${functionName}:${alias}`);
  const reason = `rolled back from version ${from}: ${because}`;
  const stopRunning = () =>
    getExternalWorkflowHandle(ownId(deploymentOf(functionName), workflowInfo().taskQueue))
      .cancel()
      .catch(() => undefined); // none runs
  for (let serving = from; ;) {
    await stopRunning();
    const order = { store, model: to, policy, by, proof, reason, judgedAgainst: serving };
    const result = await deploy(functionVersion === null ? order : { ...order, functionVersion }, stopRunning);
    if (result.outcome !== 'superseded') {
      tell(result.outcome === 'deployed' ? `Version ${to.version} serves` : result.reason);
      return { ...result, from, to: to.version };
    }
    serving = (await planRollback({ ...input, to: to.version, again: true })).from;
  }
}
