import { CancellationScope, log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { DeployInput, DeployOutcome } from '../contracts/pipeline.js';
import { attribute } from './attributes.js';
import { cloud } from './profiles.js';

const { servingNow, publishModel, smokeTest, shiftTraffic, promoteModel, restoreChampion } =
  proxyActivities<Activities>(cloud);

/**
 * Publishes a version of the function, proves that it answers as the registered model does, and only then lets it
 * serve. When anything fails after that, alias and champion go back to where they were.
 */
export async function deployModel(input: DeployInput): Promise<DeployOutcome> {
  const { model, functionName, alias } = input;
  const tell = (step: string) => setCurrentDetails(`### ${model.name} version ${model.version}\n\n${step}`);
  attribute('Model', model.name);
  attribute('ModelVersion', String(model.version));

  const before = await servingNow(input);
  if (before.champion !== input.judgedAgainst && before.champion !== model.version) {
    tell(`Not deployed: version ${before.champion ?? 'none'} serves by now, so the gate has to judge again.`);
    return null;
  }
  tell(`Publishing to ${functionName}`);
  const published = await publishModel(input);
  const target = { functionName, alias, functionVersion: published.functionVersion };
  tell(`Smoke test of function version ${target.functionVersion}`);
  await smokeTest({ ...target, model });

  const undo: (() => Promise<unknown>)[] = [];
  try {
    tell(`Pointing ${alias} to function version ${target.functionVersion}`);
    undo.push(() => shiftTraffic({ ...target, functionVersion: before.functionVersion }));
    const endpoint = await shiftTraffic(target);
    undo.push(() => restoreChampion({ ...input, champion: before.champion }));
    await promoteModel(input);
    tell(`**Serving** function version ${target.functionVersion} at ${endpoint.url}`);
    return { endpoint, ...published };
  } catch (error) {
    const failed = await CancellationScope.nonCancellable(() => undoAll(undo));
    const left = failed === 0 ? '' : `; ${failed} steps back failed, see the history`;
    tell(`Rolled back: ${alias} is on function version ${before.functionVersion ?? 'none'}${left}`);
    throw error;
  }
}

/** Takes the steps back, latest first; one that fails does not keep the others from being tried. */
async function undoAll(steps: (() => Promise<unknown>)[]): Promise<number> {
  let failed = 0;
  for (const step of steps.reverse()) {
    try {
      await step();
    } catch (error) {
      failed++;
      log.error('A step of a deployment could not be taken back', { error });
    }
  }
  return failed;
}
