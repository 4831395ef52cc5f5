import type { Deciders, Decision } from '../../contracts/decision.js';
import { type Identity, shownBy } from '../../contracts/identity.js';

/** Session names of these roles are the users' own; of others, whoever takes the role chooses one. */
const SINGLE_SIGN_ON = ':assumed-role/AWSReservedSSO_';

/** Who may decide where a definition says nothing of it. */
export const EVERYBODY: Deciders = { by: [], fourEyes: false, starter: null };

/** Why somebody may not decide so, in a sentence; `null` when they may. */
export function refusalFor(deciders: Deciders, decision: Decision['decision'], who: Identity): string | null {
  const { by, fourEyes, starter } = deciders;
  if ((by.length > 0 || fourEyes) && who.proof === 'claimed')
    return `That ${who.name} decides is only claimed, and ${by.length > 0 ? 'approval.by' : 'approval.fourEyes'} takes decisions that are proved: decide with a key of your own (npm run approvers -- add NAME), or as the user or role that you are.`;
  if (by.length > 0 && !by.includes(who.name) && !by.includes(accountOf(who)))
    return `${shownBy(who.name, who.proof)} may not decide on this model; approval.by names ${by.join(', ')}.`;
  if (!fourEyes || decision === 'rejected' || starter === null) return null;
  if (starter.proof === 'claimed')
    return 'Who started this run is not proved, so approval.fourEyes cannot tell whether somebody else approves it: start it again with a key (npm run approvers -- add NAME), or as the user or role that you are.';
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
