import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { expect, it } from 'vitest';
import { FAILURE_CONVERTER, openDataConverter } from '../../../../../src/vendors/temporal/codec/data-converter.js';
import { isPlainMark } from '../../../../../src/contracts/failures.js';

const none = { keys: [], kmsKeys: [], kms: { region: null, endpoint: null }, required: false };

it('encodes failures only where it encrypts', async () => {
  const encrypting = await openDataConverter({ ...none, keys: [{ id: 'a', key: randomBytes(32) }] });
  expect(encrypting.failureConverterPath).toBe(FAILURE_CONVERTER);
  expect(existsSync(FAILURE_CONVERTER)).toBe(true);
  expect(await openDataConverter(none)).not.toHaveProperty('failureConverterPath');
});

it('takes what is plain until keys are required; clients refuse it then, workers have it marked', async () => {
  const plain: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"x"') };
  const from = { ...none, keys: [{ id: 'a', key: randomBytes(32) }] };
  const decoded = async (...given: Parameters<typeof openDataConverter>) =>
    (await openDataConverter(...given)).payloadCodecs![0]!.decode([plain]);
  expect(await decoded(from)).toEqual([plain]);
  expect(await decoded(from, 'marked')).toEqual([plain]);
  const required = { ...from, required: true };
  await expect(decoded(required)).rejects.toMatchObject({ type: 'PayloadPlain' });
  const [mark] = await decoded(required, 'marked');
  expect(isPlainMark(defaultPayloadConverter.fromPayload(mark!))).toBe(true);
});
