import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encrypts } from '../../../src/vendors/temporal/codec/keys.js';
import { codecSettings } from '../../../src/config/temporal-settings.js';

const [one, two] = [randomBytes(32), randomBytes(32)];
const text = (bytes: Buffer) => bytes.toString('base64');

it('encrypts nothing by default', () => {
  const settings = codecSettings({ MLOPS_CODEC_KEYS: ' ' });
  expect(encrypts(settings)).toBe(false);
  expect(settings.server).toEqual({ host: '127.0.0.1', port: 9235 });
});

it('requires encryption when told to', () => {
  const keys = { MLOPS_CODEC_KEYS: `a:${text(one)}` };
  const required = (given: Record<string, string>) => codecSettings({ ...keys, ...given }).required;
  expect(required({})).toBe(false);
  expect(required({ MLOPS_CODEC_REQUIRED: 'false' })).toBe(false);
  expect(required({ MLOPS_CODEC_REQUIRED: 'TRUE' })).toBe(true);
  expect(() => required({ MLOPS_CODEC_REQUIRED: 'yes' })).toThrow(/none of true, false/);
  const without = () => codecSettings({ MLOPS_CODEC_REQUIRED: 'true' });
  expect(without).toThrow(/there is no key: set MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS/);
});

it('reads keys in their order', () => {
  const { keys, kmsKeys } = codecSettings({ MLOPS_CODEC_KEYS: `new:${text(one)}, old-1.a:${text(two)}` });
  expect(keys.map(({ id }) => id)).toEqual(['new', 'old-1.a']);
  expect(keys.map(({ key }) => Buffer.from(key))).toEqual([one, two]);
  expect(kmsKeys).toEqual([]);
});

it('reads keys that KMS is to decrypt', () => {
  const settings = codecSettings({
    MLOPS_CODEC_KMS_KEYS: `a:${text(randomBytes(184))}`,
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  });
  expect(settings.kmsKeys[0]?.ciphertext).toHaveLength(184);
  expect(settings.kms).toEqual({ region: 'eu-central-1', endpoint: 'http://127.0.0.1:4566' });
  expect(encrypts(settings)).toBe(true);
});

describe('refuses, without a word of the keys,', () => {
  it.each([
    ['a key of another length', `a:${text(randomBytes(16))}`, /Key 1 .* has 16 bytes: give 32/],
    ['a key without id', text(one), /Key 1 of MLOPS_CODEC_KEYS is not id:base64/],
    ['an empty id', `a:${text(one)},:${text(two)}`, /Key 2 .* has no valid id/],
    ['an id twice', `a:${text(one)},a:${text(two)}`, /Key 2 .* has the id of a key before it/],
    ['what is not base64', `a:${text(one).replace(/.$/, '%')}`, /Key 1 .* is not base64/],
    ['a comma at the end', `a:${text(one)},`, /Key 2 .* is not id:base64/],
  ])('%s', (_, keys, message) => {
    const refused = () => codecSettings({ MLOPS_CODEC_KEYS: keys });
    expect(refused).toThrow(message);
    for (const key of [one, two]) expect(refused).not.toThrow(text(key).slice(0, 20));
  });

  it('keys of both kinds', () => {
    const keys = `a:${text(one)}`;
    expect(() => codecSettings({ MLOPS_CODEC_KEYS: keys, MLOPS_CODEC_KMS_KEYS: keys })).toThrow(/both set/);
  });
});
