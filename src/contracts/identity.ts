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
