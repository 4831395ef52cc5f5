/** What a plain payload is decoded to where only encrypted ones are taken: a throwing codec would stall a run for ever. */
export const PLAIN_MARK = { 'anemia-mlops/plain-payload': true } as const;

/** Whether a decoded value stands for a payload that came unencrypted; what was in it is gone. */
export const isPlainMark = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(PLAIN_MARK).some((key) => Object.hasOwn(value, key));

/** Why a message is refused. @param what which one, the beginning of a sentence */
export const plainRefusal = (what: string): string =>
  `${what} is plain, and MLOPS_CODEC_REQUIRED lets only encrypted ones in: give the sender MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS as the workers have them.`;
