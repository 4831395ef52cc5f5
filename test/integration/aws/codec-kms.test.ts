import { CreateKeyCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDataConverter } from '../../../src/vendors/temporal/codec/data-converter.js';
import { codecSettings } from '../../../src/config/temporal-settings.js';
import { type Ministack, startMinistack } from './ministack.js';

const CONTEXT = { application: 'anemia-mlops' };

let ministack: Ministack;
let client: KMSClient;
let KeyId: string;

beforeAll(async () => {
  ministack = await startMinistack();
  for (const [name, value] of Object.entries(ministack.environment)) vi.stubEnv(name, value);
  client = new KMSClient({ endpoint: ministack.environment['AWS_ENDPOINT_URL']! });
  KeyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata!.KeyId!;
});
afterAll(async () => {
  client.destroy();
  await ministack.close();
  vi.unstubAllEnvs();
});

/** A data key as KMS makes it: encrypted, and in plain text as only KMS and the codec know it. */
async function dataKey(EncryptionContext: Record<string, string> = CONTEXT) {
  const command = new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext });
  const { CiphertextBlob, Plaintext } = await client.send(command);
  return { ciphertext: base64(CiphertextBlob!), plaintext: base64(Plaintext!) };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const codecOf = async (env: NodeJS.ProcessEnv) => (await openDataConverter(codecSettings(env))).payloadCodecs![0]!;
const kmsCodec = (keys: string) => codecOf({ ...process.env, MLOPS_CODEC_KMS_KEYS: keys });
const plainCodec = (keys: string) => codecOf({ MLOPS_CODEC_KEYS: keys });

const payload = defaultPayloadConverter.toPayload({ hb: 6.3 });
const readBack = async (codec: PayloadCodec, encrypted: Payload[]) =>
  (await codec.decode(encrypted)).map((one) => defaultPayloadConverter.fromPayload(one));

it('encrypts with the first data key that KMS decrypts, and reads with all of them', async () => {
  const [old, next] = [await dataKey(), await dataKey()];
  const before = await (await kmsCodec(`old:${old.ciphertext}`)).encode([payload]);
  const rotated = await kmsCodec(`next:${next.ciphertext},old:${old.ciphertext}`);
  const after = await rotated.encode([payload]);
  expect(await readBack(rotated, [...before, ...after])).toEqual([{ hb: 6.3 }, { hb: 6.3 }]);
  expect(await readBack(await plainCodec(`old:${old.plaintext}`), before)).toEqual([{ hb: 6.3 }]);
  expect(await readBack(await plainCodec(`next:${next.plaintext}`), after)).toEqual([{ hb: 6.3 }]);
});

it('refuses a data key that was encrypted for something else', async () => {
  const { ciphertext } = await dataKey({ application: 'another' });
  await expect(kmsCodec(`foreign:${ciphertext}`)).rejects.toThrow(/^Decrypting key foreign of MLOPS_CODEC_KMS_KEYS /);
});

it('refuses what KMS did not encrypt, without showing it', async () => {
  const bytes = base64(Buffer.alloc(64, 7));
  const refused = kmsCodec(`garbled:${bytes}`).catch((error: unknown) => String(error));
  expect(await refused).toMatch(/Decrypting key garbled of MLOPS_CODEC_KMS_KEYS /);
  expect(await refused).not.toContain(bytes);
});

it('refuses a data key of another length', async () => {
  const command = new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(16, 1), EncryptionContext: CONTEXT });
  const { CiphertextBlob } = await client.send(command);
  await expect(kmsCodec(`short:${base64(CiphertextBlob!)}`)).rejects.toThrow(
    'Key short of MLOPS_CODEC_KMS_KEYS has 16 bytes: encrypt 32,',
  );
});
