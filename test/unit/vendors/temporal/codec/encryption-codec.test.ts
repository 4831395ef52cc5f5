import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEncryptionCodec } from '../../../../../src/vendors/temporal/codec/data-converter.js';
import { createKeyRing } from '../../../../../src/vendors/temporal/codec/keys.js';
import { isPlainMark } from '../../../../../src/contracts/failures.js';

const keyOf = (id: string) => ({ id, key: randomBytes(32) });
const [first, second] = [keyOf('first'), keyOf('second')];
const codecOf = (...keys: ReturnType<typeof keyOf>[]) => createEncryptionCodec(createKeyRing(keys));

const plain = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(text)),
});
const bytesOf = ({ metadata, data }: Payload) => ({
  metadata: Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('hex')]),
  data: Buffer.from(data ?? []).toString('hex'),
});
const keyId = (payload: Payload | undefined) => Buffer.from(payload!.metadata!['encryption-key-id']!).toString();

it('gives back every payload with its metadata, and shows neither', async () => {
  const codec = codecOf(first);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 2000 }),
      fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array()),
      async (data, metadata) => {
        const [encrypted] = await codec.encode([{ metadata, data }]);
        expect(Object.keys(encrypted!.metadata!).sort()).toEqual(['encoding', 'encryption-key-id']);
        const [again] = await codec.decode([encrypted!]);
        expect(bytesOf(again!)).toEqual(bytesOf({ metadata, data }));
      },
    ),
  );
  const [encrypted] = await codec.encode([plain('haemoglobin')]);
  expect(Buffer.from(encrypted!.data!).includes('haemoglobin')).toBe(false);
});

it('keeps the order of payloads and uses a nonce once', async () => {
  const codec = codecOf(first);
  const encrypted = await codec.encode(['a', 'a', 'b'].map(plain));
  const starts = encrypted.map(({ data }) => Buffer.from(data!).subarray(0, 12).toString('hex'));
  expect(new Set(starts).size).toBe(3);
  expect((await codec.decode(encrypted)).map(bytesOf)).toEqual(['a', 'a', 'b'].map(plain).map(bytesOf));
});

it('encrypts with the first key and decrypts with all', async () => {
  const old = await codecOf(first).encode([plain('old')]);
  const rotated = codecOf(second, first);
  const [young] = await rotated.encode([plain('new')]);
  expect([keyId(old[0]), keyId(young)]).toEqual(['first', 'second']);
  expect((await rotated.decode([old[0]!, young!])).map(bytesOf)).toEqual([plain('old'), plain('new')].map(bytesOf));
});

it('names the key that it lacks, and the remedy', async () => {
  const encrypted = await codecOf(first).encode([plain('x')]);
  const missing = /encrypted with key first, which this process was not given: add it to MLOPS_CODEC_KEYS/;
  await expect(codecOf(second).decode(encrypted)).rejects.toThrow(missing);
  await expect(codecOf().decode(encrypted)).rejects.toThrow(missing);
});

it('does not repeat an id that no key can have', async () => {
  const [encrypted] = await codecOf(first).encode([plain('x')]);
  encrypted!.metadata!['encryption-key-id'] = Buffer.from('\u001b[31m');
  await expect(codecOf(first).decode([encrypted!])).rejects.toThrow(/a key without a valid id/);
});

it('refuses a payload with any byte changed, cut short, or under another name of its key', async () => {
  const codec = codecOf(first, { id: 'alias', key: first.key });
  const [encrypted] = await codec.encode([plain('x')]);
  const data = Buffer.from(encrypted!.data!);
  const refused = /key \w+ cannot be decrypted: it was changed/;
  for (let index = 0; index < data.length; index++) {
    const changed = Buffer.from(data);
    changed[index]! ^= 1;
    await expect(codec.decode([{ ...encrypted!, data: changed }])).rejects.toThrow(refused);
    await expect(codec.decode([{ ...encrypted!, data: data.subarray(0, index) }])).rejects.toThrow(refused);
  }
  const renamed = { ...encrypted!.metadata, 'encryption-key-id': Buffer.from('alias') };
  await expect(codec.decode([{ metadata: renamed, data }])).rejects.toThrow(refused);
});

it('passes through what is not encrypted, and all of it without keys', async () => {
  expect(await codecOf(first).decode([plain('x')])).toEqual([plain('x')]);
  expect(await codecOf().encode([plain('x')])).toEqual([plain('x')]);
});

it.each(['refused', 'marked'] as const)(
  'lets nothing plain through where it is %s, but nothing itself',
  async (how) => {
    const requiring = createEncryptionCodec(createKeyRing([first]), how);
    const ours = await requiring.encode([plain('ours')]);
    expect((await requiring.decode(ours)).map(bytesOf)).toEqual([plain('ours')].map(bytesOf));
    const nothing = { metadata: { encoding: Buffer.from('binary/null') } };
    expect(await requiring.decode([nothing])).toEqual([nothing]);

    const bare = { data: Buffer.from('"haemoglobin"') };
    const disguised = { ...nothing, data: Buffer.from('haemoglobin') };
    for (const payload of [plain('haemoglobin'), bare, disguised, {}]) {
      const decoded = requiring.decode([...ours, payload]);
      if (how === 'refused') {
        await expect(decoded).rejects.toMatchObject({ type: 'PayloadPlain' });
        await expect(decoded).rejects.toThrow(/is plain, and MLOPS_CODEC_REQUIRED .* give the sender MLOPS_CODEC_KEYS/);
      } else {
        const [, mark] = await decoded;
        expect(isPlainMark(defaultPayloadConverter.fromPayload(mark!))).toBe(true);
        expect(Buffer.from(mark!.data!).includes('haemoglobin')).toBe(false);
      }
    }
  },
);
