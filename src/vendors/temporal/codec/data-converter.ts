import { type DataConverter, type PayloadCodec, defaultPayloadConverter, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PipelineFailure, PLAIN_MARK, plainRefusal } from '../../../contracts/failures.js';
import { type CodecKeys, encrypts, type CodecKey, createKeyRing, type KeyRing, KEY_ID } from './keys.js';

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
  const { decryptKeys } = await import('../../aws/kms.js'); // the SDK takes a while to load
  return decryptKeys(kmsKeys, kms);
}

const PayloadMessage = proto.temporal.api.common.v1.Payload;

const CIPHER = 'aes-256-gcm';

/** Bytes of the random nonce before, and of the authentication tag behind the ciphertext. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const ENCODING = 'binary/encrypted';

/** What the SDK writes for `undefined`, without data. */
const NOTHING = 'binary/null';

/** What `decode` makes of a payload that is not encrypted: itself, an error, or `PLAIN_MARK` for the code behind to refuse. */
type PlainPayloads = 'taken' | 'refused' | 'marked';

/**
 * Encrypts whole payloads, their metadata included, with AES-256-GCM: data is nonce, ciphertext and tag; metadata names
 * the key, and the tag covers that name. Payloads that are not encrypted pass through `decode` as they are unless told
 * otherwise, so that encryption can be switched on while runs are under way.
 *
 * `decode` throws an Error for an unknown key and for a payload that was changed, PipelineFailure `PayloadPlain` for a
 * plain one that is refused. `null` and `undefined` say nothing, and pass.
 */
export function createEncryptionCodec(ring: KeyRing, plain: PlainPayloads = 'taken'): PayloadCodec {
  const { current } = ring;
  return {
    encode: (payloads) => inOrder(payloads, (payload) => (current === null ? payload : encrypted(payload, current))),
    decode: (payloads) =>
      inOrder(payloads, (payload) =>
        textOf(payload, 'encoding') === ENCODING ? decrypted(payload, ring) : unencrypted(payload, plain),
      ),
  };
}

function unencrypted(payload: Payload, plain: PlainPayloads): Payload {
  if (plain === 'taken' || (textOf(payload, 'encoding') === NOTHING && !payload.data?.length)) return payload;
  if (plain === 'marked') return defaultPayloadConverter.toPayload(PLAIN_MARK);
  throw new PipelineFailure('PayloadPlain', plainRefusal('What Temporal answered'));
}

/** A failure on the way rejects, it does not throw. */
const inOrder = (payloads: Payload[], one: (payload: Payload) => Payload): Promise<Payload[]> =>
  new Promise((resolve) => resolve(payloads.map(one)));

const textOf = (payload: Payload, name: string): string => Buffer.from(payload.metadata?.[name] ?? []).toString();

function encrypted(payload: Payload, { id, key }: CodecKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(id));
  const data = [nonce, cipher.update(PayloadMessage.encode(payload).finish()), cipher.final(), cipher.getAuthTag()];
  return {
    metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(id) },
    data: Buffer.concat(data),
  };
}

function decrypted(payload: Payload, ring: KeyRing): Payload {
  const id = textOf(payload, 'encryption-key-id');
  const named = KEY_ID.test(id) ? `key ${id}` : 'a key without a valid id';
  const key = ring.find(id)?.key;
  if (key === undefined)
    throw new Error(
      `A payload is encrypted with ${named}, which this process was not given: add it to MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS, behind the one that encrypts.`,
    );
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(boundTo(id))
      .setAuthTag(data.subarray(Math.max(NONCE_BYTES, data.length - TAG_BYTES)));
    const plain = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return PayloadMessage.decode(plain);
  } catch {
    throw new Error(
      `A payload encrypted with ${named} cannot be decrypted: it was changed, or another key was given under this id.`,
    );
  }
}

const boundTo = (id: string) => Buffer.from(`encryption-key-id:${id}`);
