import { fileURLToPath } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { createEncryptionCodec, type PlainPayloads } from './encryption-codec.js';
import { type CodecKeys, encrypts } from './codec-keys.js';
import { type CodecKey, createKeyRing, type KeyRing } from './key-ring.js';

/** Module that encodes failures whole; for the data converter, and for bundles of workflows that encrypt. */
export const FAILURE_CONVERTER = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));

const opened = new WeakMap<CodecKeys, Promise<KeyRing>>();

/**
 * The codec of these keys; KMS is asked once for them.
 * @param plain what becomes of payloads that are not encrypted
 * @throws Error when KMS does not decrypt a key
 */
export async function openCodec(from: CodecKeys, plain: PlainPayloads = 'taken'): Promise<PayloadCodec> {
  const known = opened.get(from) ?? keysOf(from).then(createKeyRing);
  opened.set(from, known);
  return createEncryptionCodec(await known, plain);
}

/**
 * What every client and worker takes as its data converter. Without keys it changes nothing, but refuses what is
 * encrypted in one sentence: a worker without them would else end a run that only waits for a key.
 *
 * @param plain what becomes of plain payloads where keys are required: workers have them `marked`
 * @throws Error when KMS does not decrypt a key
 */
export async function openDataConverter(from: CodecKeys, plain: PlainPayloads = 'refused'): Promise<DataConverter> {
  return {
    payloadCodecs: [await openCodec(from, from.required ? plain : 'taken')],
    ...(encrypts(from) ? { failureConverterPath: FAILURE_CONVERTER } : {}),
  };
}

async function keysOf({ keys, kmsKeys, kms }: CodecKeys): Promise<readonly CodecKey[]> {
  if (kmsKeys.length === 0) return keys;
  const { decryptKeys } = await import('../../aws/kms-keys.js'); // the SDK takes a while to load
  return decryptKeys(kmsKeys, kms);
}
