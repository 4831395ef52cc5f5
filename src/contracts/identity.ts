/**
 * How far it is proved who acted: `claimed` is a name that somebody typed, `os-user` what the operating system calls the
 * user of the client, `signed` a key that was enrolled for the person, `aws` the caller that AWS names.
 */
export type Proof = 'claimed' | 'os-user' | 'signed' | 'aws';

/** Who did something. */
export interface Identity {
  name: string;
  proof: Proof;
}

/** Why a training run, a deployment or a rollback began. */
export type RunOrigin =
  | { kind: 'person'; by: Identity }
  | { kind: 'schedule'; id: string }
  /** An episode of a drift check; `id` names it, `what` says it for people. */
  | { kind: 'episode'; id: string; what: string }
  | { kind: 'run'; workflowId: string };

/** Who somebody is, for people: a name that is not proved says so. */
export const personText = ({ name, proof }: Identity): string => (proof === 'claimed' ? `${name} (claimed)` : name);

/** Why a run began, for logs and people: a clause without a full stop. */
export function whyItBegan(origin: RunOrigin | null): string {
  switch (origin?.kind) {
    case 'person':
      return `started by ${personText(origin.by)}`;
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
