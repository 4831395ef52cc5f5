import type { Claim, Identity } from '../contracts/identity.js';
import type { Statement } from '../contracts/decision.js';
import { claimed } from './inputs/origin.js';
import { inputsOf } from './inputs/table.js';
import type { Ports } from './ports.js';

/** Somebody's claim to have said something, and when a workflow got it (ISO 8601). */
export interface Claimed {
  statement: Statement;
  claim: Claim;
  received: string;
}

/** Identity: who says what a workflow was told. */
export const createIdentifyActivities = ({ identities }: Ports) => ({
  /** @throws IdentityNotProved when the evidence is wrong */
  identifyPerson: ({ statement, claim, received }: Claimed): Promise<Identity> =>
    identities.prove(statement, claim, received),
});

/** What each of these is given. The types ask for an activity, or a field of its input, that is added. */
export const IDENTIFY_INPUTS = inputsOf<ReturnType<typeof createIdentifyActivities>>()({
  identifyPerson: { stage: 'approve', input: claimed },
});
