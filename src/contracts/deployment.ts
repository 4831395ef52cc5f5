import type { Claim, Identity, Proof } from './identity.js';
import type { RegisteredModel } from './results.js';

/** How an alias spreads its requests: all to one version, or a share of them to a second one. */
export interface Routing {
  functionVersion: string;
  /** The version on trial and its share in per cent, above 0 and below 100. */
  canary: { functionVersion: string; percent: number } | null;
}

/** So much traffic goes to the new version for so long before it is judged. */
export interface TrafficStep {
  percent: number;
  bakeSeconds: number;
}

/** Steps on the way to 100 %, which follows the last one; none is all at once. */
export interface Strategy {
  name: string;
  steps: TrafficStep[];
}

/** When a new version is good enough for more traffic. */
export interface JudgePolicy {
  /** Fewer requests than this to the new version decide nothing. */
  minimumRequests: number;
  /** Most failed requests as a share in [0, 1]. */
  maxErrorShare: number;
  /** The new median latency may be this many times the former one plus `latencyAllowanceMs`. */
  maxLatencyRatio: number;
  /** Milliseconds. */
  latencyAllowanceMs: number;
  /** Least share of rows that both versions have to answer alike, in [0, 1]. */
  minimumAgreement: number;
  /** Rows of the former version's data set that both are asked. */
  agreementRows: number;
  /** With too few requests: wait for more (or for a person), or send requests of our own. */
  insufficient: 'hold' | 'probe';
}

/** Which pages of other origins may ask a function, as browsers understand it (CORS). No cookies are ever taken. */
export interface CorsPolicy {
  /** Origins like `https://clinic.example`, or `*` alone for every page. */
  allowOrigins: string[];
  /** Request headers that such a page may send, in lower case. */
  allowHeaders: string[];
  /** Seconds for which a browser may remember the answer. */
  maxAgeSeconds: number;
}

/** How a function is made, where this project and not Terraform owns it. */
export interface FunctionSettings {
  /** Create a missing function, and keep an existing one at these settings. */
  create: boolean;
  /** ARN of its execution role; needed on AWS to create it. */
  role: string | null;
  runtime: string;
  architecture: 'arm64' | 'x86_64';
  memoryMiB: number;
  timeoutSeconds: number;
  /** Most simultaneous executions, `null` for no reservation. */
  reservedConcurrency: number | null;
  /** Whether predictions are logged with their inputs; `null` leaves the function as it is, which is with them at first. */
  captureInputs: boolean | null;
  /** Who may call the function URL: callers that AWS knows, or everyone. */
  urlAccess: 'AWS_IAM' | 'NONE';
  /** `null` leaves the function as it is, which is closed to pages of other origins at first. */
  cors: CorsPolicy | null;
}

/** Where and how a model goes into service. */
export interface DeploymentPolicy {
  functionName: string;
  alias: string;
  strategy: Strategy;
  judge: JudgePolicy;
  /** What to do while another deployment of the function runs. */
  whenBusy: 'wait' | 'refuse';
  /** Minutes to wait for it at most. */
  busyMinutes: number;
  function: FunctionSettings;
}

/** Who lets a model that passed its gate go on to deployment. */
export interface ApprovalPolicy {
  mode: 'automatic' | 'manual';
  timeoutHours: number;
  atTimeout: 'reject' | 'approve';
  /** Names that alone may decide, and only with proof; empty for everybody. */
  by: string[];
  /** Whoever started the run may not approve it, and both have to be proved. */
  fourEyes: boolean;
}

/** Who may decide on a model. */
export interface Deciders extends Pick<ApprovalPolicy, 'by' | 'fourEyes'> {
  /** Who started the run, as far as that is proved; `null` when no person did. */
  starter: Identity | null;
}

/** Updates by which a person decides. */
export const APPROVE_UPDATE = 'approve';
export const REJECT_UPDATE = 'reject';

/** Who decides where nobody has to. */
export const POLICY = 'the definition';

/** What a person says. */
export interface Judgement extends Claim {
  because: string;
  /** SHA-256 of the model that was looked at, or at least its first 12 digits. */
  model: string;
}

export interface Decision {
  decision: 'approved' | 'rejected';
  by: string;
  /** How far `by` is proved, `null` for a rule. */
  proof: Proof | null;
  because: string;
}

/** What waits for a person: query `question`, `null` when nothing does. */
export const QUESTION_QUERY = 'question';
export interface Question {
  model: RegisteredModel;
  /** What is asked, in a sentence. */
  about: string;
  /** Which question of this workflow it is, 1 for the first: an answer to one is none to the next. */
  number: number;
}

/** What was measured at a step of a deployment. */
export interface StepVerdict {
  /** `insufficient`: too few requests to decide; never good, never bad. */
  state: 'good' | 'bad' | 'insufficient';
  /** Requests that the new version answered. */
  requests: number;
  checks: { rule: string; passed: boolean; found: string }[];
}
