import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAILURE_CONVERTER, openDataConverter } from '../../src/codec/data-converter.js';

const none = { keys: [], kmsKeys: [], kms: { region: null, endpoint: null } };

it('encodes failures only where it encrypts', async () => {
  const encrypting = await openDataConverter({ ...none, keys: [{ id: 'a', key: randomBytes(32) }] });
  expect(encrypting.failureConverterPath).toBe(FAILURE_CONVERTER);
  expect(existsSync(FAILURE_CONVERTER)).toBe(true);
  expect(await openDataConverter(none)).not.toHaveProperty('failureConverterPath');
});
