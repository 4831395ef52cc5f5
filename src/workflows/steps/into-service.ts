import type { Deciders } from '../../contracts/decision.js';
import type { PipelineInput, PipelineOutcome } from '../../contracts/pipeline.js';
import type { RegisteredModel } from '../../contracts/results.js';
import type { Progress } from '../kit/progress.js';
import * as summaries from '../kit/summaries.js';
import { approve } from './approval.js';
import type { Decisions } from './decisions.js';
import { deploy } from './deploy-child.js';
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

    const order = { store, model, policy: definition.deployment, by: workflowId, reason, deciders: await deciders() };
    const ended = await progress.stage('deploy', summaries.deployment, () =>
      deploy({ ...order, judgedAgainst: gate.champion }),
    );
    if (ended.outcome === 'rolled-back') return progress.finish('rolled-back', ended.reason);
    if (ended.outcome === 'deployed') {
      progress.deployed(ended.deployment);
      if (!keepSchedules)
        await progress.stage('monitor', summaries.monitoring(definition), () => monitor(definition, progress.warn));
      return progress.finish('deployed', '', ended.deployment);
    }
    gate = await judgeAgain();
    progress.validated(validated.fit, gate);
  }
  return progress.finish('refused', '');
}
