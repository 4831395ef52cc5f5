import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { programCommand } from '../../contracts/commands.js';
import type { Deciders, Decision } from '../../contracts/decision.js';
import { type Identity, type RunOrigin, shownBy } from '../../contracts/identity.js';
import type { PipelineInput } from '../../contracts/pipeline.js';
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
  const input = {
    statement: { kind: 'start', workflowId, definition },
    claim,
    received: startTime.toISOString(),
  } as const;
  try {
    const found = await on(proving, 'who started it?').identifyPerson(input);
    return { kind: 'person', by: found };
  } catch {
    return claimed; // proof that is wrong is none; what it is needed for says so
  }
}

/** Who started a run, `null` when no person did. */
export function starterOf(origin: RunOrigin | null): Identity | null {
  if (origin === null) return { name: 'nobody known', proof: 'claimed' };
  return origin.kind === 'person' ? origin.by : null;
}

/** Session names of these roles are the users' own; of others, whoever takes the role chooses one. */
const SINGLE_SIGN_ON = ':assumed-role/AWSReservedSSO_';

/** Who may decide where a definition says nothing of it. */
export const EVERYBODY: Deciders = { by: [], fourEyes: false, starter: null };

/** Why somebody may not decide so, in a sentence; `null` when they may. */
export function refusalFor(deciders: Deciders, decision: Decision['decision'], who: Identity): string | null {
  const { by, fourEyes, starter } = deciders;
  if ((by.length > 0 || fourEyes) && who.proof === 'claimed')
    return `That ${who.name} decides is only claimed, and ${by.length > 0 ? 'approval.by' : 'approval.fourEyes'} takes decisions that are proved: decide with a key of your own (${programCommand('approvers', 'add', 'NAME')}), or as the user or role that you are.`;
  if (by.length > 0 && !by.includes(who.name) && !by.includes(accountOf(who)))
    return `${shownBy(who.name, who.proof)} may not decide on this model; approval.by names ${by.join(', ')}.`;
  if (!fourEyes || decision === 'rejected' || starter === null) return null;
  if (starter.proof === 'claimed')
    return `Who started this run is not proved, so approval.fourEyes cannot tell whether somebody else approves it: start it again with a key (${programCommand('approvers', 'add', 'NAME')}), or as the user or role that you are.`;
  if (starter.proof !== who.proof)
    return `${shownBy(starter.name, starter.proof)} started this run, and under approval.fourEyes ${shownBy(who.name, who.proof)} may be the same person under another name: prove who you are in the same way.`;
  if (accountOf(starter).toLowerCase() === accountOf(who).toLowerCase())
    return `${shownBy(starter.name, starter.proof)} started this run, and approval.fourEyes wants somebody else to approve it.`;
  return null;
}

/** What makes two names of one proof the same person: of a role on AWS, without a session name that could be any. */
function accountOf({ name, proof }: Identity): string {
  if (proof !== 'aws' || !name.includes(':assumed-role/') || name.includes(SINGLE_SIGN_ON)) return name;
  return name.split('/').slice(0, 2).join('/');
}
