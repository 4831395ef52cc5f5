/** Failures with a name. Those listed here cannot be mended by trying again. */
export const FAILURE_TYPES = [
  'DataContract',
  'DefinitionInvalid',
  'InputInvalid',
  'ArtifactCorrupt',
  'ModelInvalid',
  'CredentialsRejected',
  'FunctionMissing',
  'SmokeTestFailed',
  'DeploymentBusy',
  'LogTampered',
  'RollbackIncomplete',
  'RollbackImpossible',
  'NotApproved',
  'CanaryFailed',
  'AliasMoved',
  'AlertRefused',
  'NotServing',
  'CaptureNotSwitched',
  'CorsNotSet',
  'RetrainingBusy',
  'RegistryUnusable',
  'VersionMissing',
  'EvidentlyUnusable',
  'StorageUnusable',
  'StoreMismatch',
  'SearchCutShort',
  'IdentityNotProved',
  'PayloadPlain',
] as const;

/** The name of a failure that trying again cannot mend. */
export type FailureType = (typeof FAILURE_TYPES)[number];

/**
 * A failure that a person can act on: its message names the place, what was found, the limit and the remedy in one
 * sentence, never a cell value. Activities turn it into a non-retryable failure of the same type.
 */
export class PipelineFailure extends Error {
  readonly type: FailureType;

  constructor(type: FailureType, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.type = type;
    this.name = type;
  }
}

/** Failures of Temporal that only say which step failed; why it did, their cause says. */
const WRAPPERS = ['ActivityFailure', 'ChildWorkflowFailure'];

/** What made an activity or a child workflow fail: the failure as the step itself gave it. */
export function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof Error && WRAPPERS.includes(cause.name) && cause.cause !== undefined) cause = cause.cause;
  return cause;
}

/** Why something failed, in the words of the step that did. */
export function reasonOf(error: unknown): string {
  const cause = rootCause(error);
  return cause instanceof Error ? cause.message : 'unknown';
}

/** What a plain payload is decoded to where only encrypted ones are taken: a throwing codec would stall a run for ever. */
export const PLAIN_MARK = { 'anemia-mlops/plain-payload': true } as const;

/** Whether a decoded value stands for a payload that came unencrypted; what was in it is gone. */
export const isPlainMark = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(PLAIN_MARK).some((key) => Object.hasOwn(value, key));

/** Why a message is refused. @param what which one, the beginning of a sentence */
export const plainRefusal = (what: string): string =>
  `${what} is plain, and MLOPS_CODEC_REQUIRED lets only encrypted ones in: give the sender MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS as the workers have them.`;
