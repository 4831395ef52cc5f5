import { CancellationScope, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { DeployInput, DeployOutcome } from '../contracts/pipeline.js';
import { attribute } from './attributes.js';
import { cloud } from './profiles.js';

const { publishModel, smokeTest, currentVersion, shiftTraffic, promoteModel } = proxyActivities<Activities>(cloud);

/**
 * Publishes a version of the function, proves that it answers as the registered model does, and only then lets it
 * serve. When anything fails after that, the alias goes back to where it was.
 */
export async function deployModel(input: DeployInput): Promise<DeployOutcome> {
  const { model, functionName, alias } = input;
  const tell = (step: string) => setCurrentDetails(`### ${model.name} version ${model.version}\n\n${step}`);
  attribute('Model', model.name);
  attribute('ModelVersion', String(model.version));

  tell(`Publishing to ${functionName}`);
  const published = await publishModel(input);
  const target = { functionName, alias, functionVersion: published.functionVersion };
  tell(`Smoke test of function version ${target.functionVersion}`);
  await smokeTest({ ...target, model });

  const previous = await currentVersion(target);
  try {
    tell(`Pointing ${alias} to function version ${target.functionVersion}`);
    const endpoint = await shiftTraffic(target);
    await promoteModel(input);
    tell(`**Serving** function version ${target.functionVersion} at ${endpoint.url}`);
    return { endpoint, ...published };
  } catch (error) {
    await CancellationScope.nonCancellable(() => shiftTraffic({ ...target, functionVersion: previous }));
    tell(`Rolled back: ${alias} is on function version ${previous ?? 'none'}`);
    throw error;
  }
}
