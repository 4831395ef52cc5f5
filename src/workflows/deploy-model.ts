import { CancellationScope, isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { Routing, DeployInput, DeployOutcome } from '../contracts/pipeline.js';
import { reasonOf } from '../contracts/failures.js';
import { markdown } from '../contracts/text.js';
import { attribute } from './kit/details.js';
import { proveStep } from './steps/canary.js';
import { EVERYBODY, takeDecisions } from './steps/decisions.js';
import { checkInput, cloud, on } from './kit/profiles.js';
import { takeBack, undoLog } from './kit/undo.js';

const { servingNow, publishModel, smokeTest, shiftTraffic, promoteModel, restoreChampion, recordRollback } = on(cloud);

/**
 * Publishes a version of the function, proves that it answers as the registered model does, gives it traffic step by
 * step, and promotes it. When anything fails after the publishing, alias and champion go back to where they were.
 */
export async function deployModel(given: DeployInput): Promise<DeployOutcome> {
  const decisions = takeDecisions(() => Promise.resolve(given.deciders ?? EVERYBODY));
  await checkInput('deployModel', given);
  // What no run of ours began came from whoever reaches Temporal: who asked for it is only claimed.
  const input: DeployInput = workflowInfo().parent === undefined ? { ...given, proof: 'claimed' } : given;
  const { model, policy } = input;
  const { alias, functionName, strategy } = policy;
  const tell = (step: string) =>
    setCurrentDetails(
      `### ${model.name} version ${model.version}\n\nto ${functionName}:${alias}, ${strategy.name}\n\n${step}`,
    );
  attribute('Model', model.name);
  attribute('ModelVersion', String(model.version));

  const { routing: before, former: formerModel, champion } = await servingNow(input);
  if (champion !== input.judgedAgainst && champion !== model.version) {
    tell(`Not deployed: version ${champion ?? 'none'} serves by now, so the gate has to judge again.`);
    return { outcome: 'superseded' };
  }
  tell(`Publishing to ${functionName}`);
  const published = await publishModel(input);

  const candidate = published.functionVersion;
  const former = before?.functionVersion ?? null;
  const versions = { ...(former === null ? {} : { [former]: formerModel }), [candidate]: model.version };
  let routed: Routing | null = before;
  const shift = async (routing: Routing, summary: string) => {
    const endpoint = await on(cloud, summary).shiftTraffic({ input, expected: routed, routing, versions });
    routed = routing;
    return endpoint;
  };

  const back = undoLog();
  try {
    const restored: Routing | null = former === null ? null : { functionVersion: former, canary: null };
    const restore = () =>
      back.before(`point ${alias} to function version ${former ?? 'none'}`, () =>
        shiftTraffic({
          input: { ...input, reason: 'deployment rolled back' },
          routing: restored,
          undo: true,
          versions,
        }),
      );
    if (before?.canary) restore(); // left over from a deployment that was terminated
    tell(`Smoke test of function version ${candidate}`);
    await smokeTest({ input, functionVersion: candidate });
    if (!before?.canary) restore();
    // What the registry does not know, such as the placeholder that Terraform made, is nothing to compare with.
    const comparable = former !== null && former !== candidate && (formerModel !== null || champion !== null);
    if (comparable)
      for (const step of strategy.steps) {
        const canary = { functionVersion: candidate, percent: step.percent };
        await shift({ functionVersion: former, canary }, `${step.percent} % to version ${candidate}`);
        await proveStep({ input, candidate, former, champion: formerModel, decisions, tell }, step);
      }
    tell(`Pointing ${alias} to function version ${candidate}`);
    const endpoint = await shift({ functionVersion: candidate, canary: null }, `all to version ${candidate}`);
    back.before(`make version ${champion ?? 'none'} champion again`, () => restoreChampion({ input, champion }));
    await promoteModel(input);
    await decisions.answered();
    tell(`**Serving** function version ${candidate} at ${endpoint.url}`);
    return { outcome: 'deployed', deployment: { endpoint, ...published } };
  } catch (error) {
    const reason = isCancellation(error) ? 'The deployment was cancelled.' : reasonOf(error);
    tell(`**Rolling back**: ${markdown(reason)}`);
    await back.undo(tell);
    await takeBack([{ name: 'write the rollback down', run: () => recordRollback({ input, reason }) }], tell);
    tell(`**Rolled back**: ${alias} is on function version ${former ?? 'none'}. ${markdown(reason)}`);
    if (isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => decisions.answered());
    return { outcome: 'rolled-back', reason };
  }
}
