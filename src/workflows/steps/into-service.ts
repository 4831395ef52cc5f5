import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, executeChild, ParentClosePolicy, sleep, workflowInfo } from '@temporalio/workflow';
import type { Deciders } from '../../contracts/decision.js';
import { deploymentOf, ownId } from '../../contracts/names.js';
import type { DeployInput, DeployOutcome, PipelineInput, PipelineOutcome } from '../../contracts/pipeline.js';
import type { RegisteredModel } from '../../contracts/values.js';
import { MINUTE_MS } from '../../contracts/text.js';
import { deployModel } from '../deploy-model.js';
import type { Progress } from '../kit/progress.js';
import * as summaries from '../kit/summaries.js';
import { approve } from './approval.js';
import type { Decisions } from './decisions.js';
import { monitor } from './monitor.js';
import type { Validated } from './validate.js';

interface Registered {
  model: RegisteredModel;
  validated: Validated;
  /** The gate's verdict once more, after another model came into service. */
  judgeAgain: () => Promise<Validated['gate']>;
  decisions: Decisions;
  deciders: () => Promise<Deciders>;
  /** Why it is deployed, for the log. */
  reason: string;
}

/** Approve, deploy and monitor a model that passed its gate; judged again while other models come into service. */
export async function bringIntoService(
  { store, definition, keepSchedules }: PipelineInput,
  progress: Progress,
  { model, validated, judgeAgain, decisions, deciders, reason }: Registered,
): Promise<PipelineOutcome> {
  const { workflowId } = progress;
  for (let { gate } = validated; gate.passed;) {
    const waiting = { model, gate, policy: definition.approval, workflowId, decisions, show: progress.wait };
    const decided = await progress.stage('approve', summaries.decision, () => approve(waiting));
    if (decided.decision === 'rejected') return progress.finish('rejected', summaries.decision(decided));

    const ended = await progress.stage('deploy', summaries.deployment, async () =>
      deploy({
        store,
        model,
        policy: definition.deployment,
        by: workflowId,
        reason,
        deciders: await deciders(),
        judgedAgainst: gate.champion,
      }),
    );
    if (ended.outcome === 'rolled-back') return progress.finish('rolled-back', ended.reason);
    if (ended.outcome === 'deployed') {
      progress.deployed(ended.deployment);
      if (!keepSchedules)
        await progress.stage('monitor', summaries.monitoring(definition), () =>
          monitor(definition, progress.warnOf('not-monitored')),
        );
      return progress.finish('deployed', '', ended.deployment);
    }
    gate = await judgeAgain();
    progress.validated(validated.fit, gate);
  }
  return progress.finish('refused', '');
}

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
  const deadline = Date.now() + busyMinutes * MINUTE_MS;
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
