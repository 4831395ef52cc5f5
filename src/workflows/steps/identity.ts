import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import type { Judgement, Question } from '../../contracts/decision.js';
import type { Identity, RunOrigin } from '../../contracts/identity.js';
import type { PipelineInput, RollbackInput } from '../../contracts/pipeline.js';
import { on, proving } from '../kit/profiles.js';

/** The search attribute by which the server says what schedule started a run; whoever starts one by hand may set it, too. */
const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', SearchAttributeType.KEYWORD);

/** The schedule that is said to have started this run, `null` for none: to be believed once that schedule knows of it. */
export function saidSchedule(): string | null {
  const { parent, typedSearchAttributes } = workflowInfo();
  return parent === undefined ? (typedSearchAttributes.get(SCHEDULED_BY) ?? null) : null;
}

/**
 * Why this run began where no person says that they began it: what its parent says. Of one without a parent, what its
 * input says came from whoever started it, and is not believed. `null` when nobody knows.
 */
export const originByParent = (said: RunOrigin | undefined): RunOrigin | null =>
  workflowInfo().parent === undefined ? null : (said ?? null);

/** Why this run began, as far as a worker can prove that: a person's name with its proof, else as above. */
export async function provedOrigin({ definition, origin }: PipelineInput): Promise<RunOrigin | null> {
  if (origin?.kind !== 'person') return originByParent(origin);
  const { by, claim } = origin;
  const claimed: RunOrigin = { kind: 'person', by: { name: by.name, proof: 'claimed' } };
  if (!claim?.evidence) return claimed;
  const { workflowId, startTime } = workflowInfo();
  const statement = { kind: 'start', workflowId, definition } as const;
  const received = startTime.toISOString();
  try {
    return { kind: 'person', by: await on(proving, 'who started it?').identifyPerson({ statement, claim, received }) };
  } catch {
    return claimed; // proof that is wrong is none; what it is needed for says so
  }
}

/** Who started a run, `null` when no person did. */
export function starterOf(origin: RunOrigin | null): Identity | null {
  if (origin === null) return { name: 'nobody known', proof: 'claimed' };
  return origin.kind === 'person' ? origin.by : null;
}

/** Who asked for a way back, as far as that is proved. @throws IdentityNotProved when the proof is wrong */
export async function provedAsker(input: RollbackInput): Promise<Identity> {
  const { model, to, functionName, alias, because, by, at, evidence } = input;
  if (!evidence) return { name: by, proof: 'claimed' };
  const { workflowId, startTime } = workflowInfo();
  const statement = { kind: 'rollback', workflowId, model, to, functionName, alias, because } as const;
  const received = startTime.toISOString();
  return on(proving, 'who asked for it?').identifyPerson({ statement, claim: { by, at, evidence }, received });
}

/** Who decides, as far as that is proved. @throws IdentityNotProved when the proof is wrong */
export async function provedDecider(
  verb: 'approve' | 'reject',
  { by, at, evidence, because }: Judgement,
  { number, model }: Question,
): Promise<Identity> {
  if (!evidence) return { name: by.trim(), proof: 'claimed' };
  const { workflowId, runId } = workflowInfo();
  const statement = { kind: 'decision', verb, workflowId, runId, question: number, model, because } as const;
  const received = new Date().toISOString();
  return on(proving, 'who decides?').identifyPerson({ statement, claim: { by, at, evidence }, received });
}
