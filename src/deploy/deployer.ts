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

export interface PublishRequest {
  functionName: string;
  /** Deterministic zip of handler and model. */
  zip: Uint8Array;
  /** What a person reads beside the version, at most 256 characters. */
  description: string;
}

export interface PublishedCode {
  /** Number of the published version, as text. */
  functionVersion: string;
  /** Base64 SHA-256 of the zip, as Lambda shows it. */
  codeSha256: string;
  /** False when a version with this code and configuration existed already. */
  published: boolean;
}

export interface InvokeRequest {
  functionName: string;
  /** Version or alias. */
  qualifier: string;
  event: unknown;
}

export interface InvokeAnswer {
  payload: unknown;
  /** The version that answered, which a weighted alias draws. */
  executedVersion: string;
  /** `Handled` or `Unhandled` when the function failed; the payload then describes the error. */
  functionError: string | null;
}

/** What an alias serves now. */
export interface AliasState {
  functionVersion: string;
  codeSha256: string;
  /** Address of the alias' function URL, `null` when it has none. */
  url: string | null;
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
  invoke(request: InvokeRequest, options?: CallOptions): Promise<InvokeAnswer>;
  /**
   * Sends all traffic of an alias to one version; makes a missing alias. `previousVersion` is where it pointed before,
   * `null` when it is new and the version itself when nothing changed.
   */
  pointAlias(
    request: AliasTarget & { functionVersion: string },
    options?: CallOptions,
  ): Promise<{ changed: boolean; previousVersion: string | null }>;
  /** Removes an alias and its function URL; true when there was one. */
  removeAlias(target: AliasTarget, options?: CallOptions): Promise<boolean>;
  /** `null` when the function or the alias does not exist. */
  describe(target: AliasTarget, options?: CallOptions): Promise<AliasState | null>;
  /** Address of the alias' function URL, made when missing and the deployer may make things. */
  ensureUrl(target: AliasTarget & { authType: 'NONE' | 'AWS_IAM' }, options?: CallOptions): Promise<string>;
}
