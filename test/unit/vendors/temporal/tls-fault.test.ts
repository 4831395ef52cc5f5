import { expect, it } from 'vitest';
import { tlsFault } from '../../../../src/vendors/temporal/tls-fault.js';
import { serve } from '../../../support/serve.js';
import { freePorts } from '../../../support/temp.js';

const plain = async () => new URL(await serve((_request, response) => void response.end())).host;

it('is none where TLS is not wanted', async () => {
  expect(await tlsFault({ address: await plain() })).toBeNull();
  expect(await tlsFault({ address: await plain(), tls: false, apiKey: 'key' })).toBeNull();
});

it('is none of TLS where nobody listens, or the address is none', async () => {
  const [closed] = await freePorts(1);
  expect(await tlsFault({ address: `127.0.0.1:${closed}`, tls: true })).toBeNull();
  expect(await tlsFault({ address: 'no address', tls: true })).toBeNull();
});

it.each([{ tls: true }, { apiKey: 'key' }])('is that a server has no TLS, asked with %j', async (wanted) => {
  expect(await tlsFault({ address: await plain(), ...wanted })).toBe('no TLS');
});
