import type { ReportedOrigin } from '../report/schema/shared.js';
import type { Proof } from './vocabulary.js';

export type { Identity } from '../report/schema/shared.js';

/** Who decides where nobody has to. */
export const POLICY = 'the definition';

/** What proves to a worker who made a statement. */
export type Evidence =
  /** Made with a key that only the user can read who owns the home. Base64. */
  | { kind: 'os-user'; mac: string }
  /** Made with the person's own Ed25519 key. Base64. */
  | { kind: 'signed'; signature: string }
  /** A request that asks AWS who signed it, and that is bound to the statement. */
  | { kind: 'aws'; region: string; authorization: string; date: string; token: string | null };

/** Who says something, when, and what proves it; `null` for a name that is only claimed. */
export interface Claim {
  by: string;
  /** ISO 8601, UTC. */
  at: string;
  evidence: Evidence | null;
}

/** Why a training run, a deployment or a rollback began. */
export type RunOrigin =
  /** With `claim`, a worker finds out how far `by` is proved; it believes no proof without. */
  | (Extract<ReportedOrigin, { kind: 'person' }> & { claim?: Claim })
  /** An episode is one of a drift check; `id` names it, `what` says it for people. */
  | Exclude<ReportedOrigin, { kind: 'person' }>;

const SHOWN: Record<Proof, string> = { claimed: 'claimed', 'os-user': 'OS user', signed: 'signed', aws: 'AWS' };

/** A name with how far it is proved, like `Ada (claimed)`; a rule or a run, which proves nothing, by its name alone. */
export const shownBy = (name: string, proof: Proof | null | undefined): string =>
  proof ? `${name} (${SHOWN[proof]})` : name;

/** Why a run began, for logs and people: a clause without a full stop. */
export function whyItBegan(origin: RunOrigin | null): string {
  switch (origin?.kind) {
    case 'person':
      return `started by ${shownBy(origin.by.name, origin.by.proof)}`;
    case 'schedule':
      return `retrained by schedule ${origin.id}`;
    case 'episode':
      return `retrained because of ${origin.what} (episode ${origin.id})`;
    case 'run':
      return `started by run ${origin.workflowId}`;
    case undefined:
      return 'started by somebody who did not say why';
  }
}
