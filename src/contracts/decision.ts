import type { ApprovalPolicy, Definition } from './definition.js';
import type { Proof } from './vocabulary.js';
import type { Claim, Identity } from './identity.js';
import type { RegisteredModel } from './values.js';

/** Who may decide on a model. */
export interface Deciders extends Pick<ApprovalPolicy, 'by' | 'fourEyes'> {
  /** Who started the run, as far as that is proved; `null` when no person did. */
  starter: Identity | null;
}

/** Updates by which a person approves or rejects what waits. */
export const APPROVE_UPDATE = 'approve';
export const REJECT_UPDATE = 'reject';

/** What a person says. */
export interface Judgement extends Claim {
  because: string;
  /** SHA-256 of the model that was looked at, or at least its first 12 digits. */
  model: string;
}

/** What a person, or a rule in their place, decided on a model. */
export interface Decision {
  decision: 'approved' | 'rejected';
  by: string;
  /** How far `by` is proved, `null` for a rule. */
  proof: Proof | null;
  because: string;
}

/** A decision that was taken: the answer of the updates. */
export interface Decided {
  model: Pick<RegisteredModel, 'name' | 'version'>;
  decision: Decision['decision'];
}

/** What waits for a person: query `question`, `null` when nothing does. */
export const QUESTION_QUERY = 'question';
/** A model that waits for a person, and what is asked about it. */
export interface Question {
  model: RegisteredModel;
  /** What is asked, in a sentence. */
  about: string;
  /** Which question of this workflow it is, 1 for the first: an answer to one is none to the next. */
  number: number;
}

/** What somebody says, whole: what the evidence of a claim is made for. */
export type Statement =
  | {
      kind: 'decision';
      verb: 'approve' | 'reject';
      /** The workflow that asks, and which of its questions it is. */
      workflowId: string;
      runId: string;
      question: number;
      model: RegisteredModel;
      because: string;
    }
  | { kind: 'start'; workflowId: string; definition: Definition }
  | {
      kind: 'rollback';
      workflowId: string;
      model: string;
      to: number | null;
      functionName: string;
      alias: string;
      because: string;
    };
