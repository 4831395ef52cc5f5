import type { Routing } from '../contracts/pipeline.js';
import type { CorsPolicy, FunctionSettings } from '../contracts/definition.js';

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call between and during requests. */
  signal?: AbortSignal;
}

/** A function and one of its aliases. */
export interface AliasTarget {
  functionName: string;
  alias: string;
}

/** Code that is to be a version of a function. */
export interface PublishRequest {
  functionName: string;
  /** Deterministic zip of handler and model. */
  zip: Uint8Array;
  /** What a person reads beside the version, at most 256 characters. */
  description: string;
  /** How a function is made; left out, one that exists is taken as it is and a missing one gets the defaults. */
  settings?: FunctionSettings;
}

/** A version that holds the code. */
export interface PublishedCode {
  /** Number of the published version, as text. */
  functionVersion: string;
  /** Base64 SHA-256 of the zip, as Lambda shows it. */
  codeSha256: string;
  /** False when a version with this code and configuration existed already. */
  published: boolean;
}

/** A call of a function. */
export interface InvokeRequest {
  functionName: string;
  /** Version or alias. */
  qualifier: string;
  event: unknown;
  /** Why we call it ourselves: such a request is marked in the prediction log. */
  purpose?: 'smoke-test' | 'probe';
}

/** What a function answered. */
export interface InvokeAnswer {
  payload: unknown;
  /** The version that answered, which a weighted alias draws. */
  executedVersion: string;
  /** `Handled` or `Unhandled` when the function failed; the payload then describes the error. */
  functionError: string | null;
}

/** What an alias serves now. */
export interface AliasState extends Routing {
  codeSha256: string;
  /** Address of the alias' function URL, `null` when it has none. */
  url: string | null;
}

/** Requests that one version answered through an alias. */
export interface VersionCounts {
  requests: number;
  errors: number;
  /** Milliseconds: the medians per period, weighted by requests; `null` without requests. */
  medianMs: number | null;
}

/**
 * Puts code behind an alias. Every call may be repeated without a second effect.
 *
 * All throw `PipelineFailure` `CredentialsRejected` or `FunctionMissing` where trying again cannot help; throttling,
 * server faults and lost connections are plain errors, worth a retry.
 */
export interface Deployer {
  /** Looks for a published version with this code before it makes one. */
  publish(request: PublishRequest, options?: CallOptions): Promise<PublishedCode>;
  /** What a person reads beside a published version, `null` when there is no such version. */
  descriptionOf(functionName: string, functionVersion: string, options?: CallOptions): Promise<string | null>;
  invoke(request: InvokeRequest, options?: CallOptions): Promise<InvokeAnswer>;
  /**
   * Spreads the traffic of an alias; makes a missing alias. `previous` is how it was before, `null` when it is new.
   * @throws PipelineFailure `AliasMoved` when `expected` is given and the alias is neither so nor as wanted: someone else changed it
   */
  routeAlias(
    request: AliasTarget & { routing: Routing; expected?: Routing | null },
    options?: CallOptions,
  ): Promise<{ changed: boolean; previous: Routing | null }>;
  /** Requests through the alias that a version answered in [from, to), by the clock of the metrics (CloudWatch). */
  counts(
    request: AliasTarget & { functionVersion: string; from: Date; to: Date },
    options?: CallOptions,
  ): Promise<VersionCounts>;
  /** Removes an alias and its function URL; true when there was one. */
  removeAlias(target: AliasTarget, options?: CallOptions): Promise<boolean>;
  /** `null` when the function or the alias does not exist. */
  describe(target: AliasTarget, options?: CallOptions): Promise<AliasState | null>;
  /**
   * Address of the alias' function URL, made when missing and the deployer may make things.
   * @throws PipelineFailure `CorsNotSet` when it is somebody else's and lets other pages ask otherwise than `cors` says
   */
  ensureUrl(
    target: AliasTarget & { authType: 'NONE' | 'AWS_IAM'; create?: boolean; cors?: CorsPolicy | null },
    options?: CallOptions,
  ): Promise<string>;
}
