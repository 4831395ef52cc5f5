import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { createEncryptionCodec } from '../../../../../src/vendors/temporal/codec/data-converter.js';
import { createKeyRing } from '../../../../../src/vendors/temporal/codec/keys.js';
import { startCodecServer } from '../../../../../src/vendors/temporal/codec/server.js';

const UI = 'http://127.0.0.1:8233';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const PLAIN = { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('"haemoglobin"') }] };

async function serve() {
  const codec = createEncryptionCodec(createKeyRing([{ id: 'a', key: randomBytes(32) }]));
  const server = await startCodecServer({ codec, host: '127.0.0.1', port: 0, ui: UI });
  onTestFinished(() => server.close());
  return (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
      ...(body === null ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
}

it('encrypts and decrypts as the protocol says, below any path', async () => {
  const post = await serve();
  const encrypted = (await (await post('/encode', PLAIN)).json()) as typeof PLAIN;
  expect(Buffer.from(encrypted.payloads[0]!.metadata.encoding, 'base64').toString()).toBe('binary/encrypted');
  expect(await (await post('/namespaces/default/decode', encrypted)).json()).toEqual(PLAIN);
});

it('lets pages of the Web UI ask, under both names of this machine, and no other page', async () => {
  const post = await serve();
  for (const origin of [UI, 'http://localhost:8233']) {
    const preflight = await post('/decode', null, { origin }, 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-namespace');
    expect((await post('/decode', PLAIN, { origin })).status).toBe(200);
  }
  const foreign = await post('/decode', PLAIN, { origin: 'https://example.org' });
  expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});

it('refuses in a sentence what it cannot process', async () => {
  const post = await serve();
  const lost = { metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('lost') }, data: '' };
  for (const [status, message, answer] of [
    [400, /encrypted with key lost/, post('/decode', { payloads: [lost] })],
    [400, /is not payloads/, post('/decode', 'no JSON')],
    [400, /is not payloads/, post('/decode', { payloads: 'none' })],
    [404, /\/encode and \/decode/, post('/', PLAIN)],
    [405, /POST/, post('/decode', null, {}, 'GET')],
    [415, /application\/json/, post('/decode', PLAIN, { 'content-type': 'text/plain' })],
    [413, /at most 16777216 bytes/, post('/decode', ' '.repeat(16 * 1024 * 1024 + 1))],
  ] as const) {
    const { status: found, body } = await answer.then(async (got) => ({ status: got.status, body: await got.json() }));
    expect([found, body]).toEqual([status, { message: expect.stringMatching(message) as string }]);
  }
});
