import { describe, expect, it } from 'vitest';
import { MAX_AGE_SECONDS, signatureOf, verifySignature } from '../../../src/alerts/webhook-sink.js';
import { exampleOf } from '../../system/docs/page.js';

const sent = { timestamp: '1772330405', body: '{"id":"drift-1"}', secret: 'a secret of more than 16 characters' };
const at = (seconds: number) => new Date(1000 * (Number(sent.timestamp) + seconds));
const received = { ...sent, signature: signatureOf(sent), now: at(1) };

describe('signatures of alerts', () => {
  it('are the HMAC-SHA256 that openssl computes', () => {
    // printf '1772330405.{"id":"drift-1"}' | openssl dgst -sha256 -hmac 'a secret of more than 16 characters'
    expect(signatureOf(sent)).toBe('v1=53318b8daed58559b1c8dfb111be0418bad39b9f64ef420d8f2fa7445dead635');
  });

  it('hold for what was sent, as text or as bytes', () => {
    expect(verifySignature(received)).toBe(true);
    expect(verifySignature({ ...received, body: Buffer.from(sent.body) })).toBe(true);
  });

  it.each([
    ['another body', { body: '{"id":"drift-2"}' }],
    ['another time', { timestamp: '1772330406' }],
    ['another secret', { secret: 'another secret of that length' }],
    ['another scheme', { signature: received.signature.replace('v1', 'v2') }],
    ['a shorter signature', { signature: received.signature.slice(0, -2) }],
    ['no signature', { signature: '' }],
    ['no time', { timestamp: '' }],
    ['a time that is none', { timestamp: 'now' }],
    ['an old alert', { now: at(MAX_AGE_SECONDS + 1) }],
    ['an alert from the future', { now: at(-MAX_AGE_SECONDS - 1) }],
  ])('do not hold for %s', (_, changed) => {
    expect(verifySignature({ ...received, ...changed })).toBe(false);
  });

  it('do not hold for a time that is signed but is no number', () => {
    const signed = { ...sent, timestamp: 'now' };
    expect(verifySignature({ ...signed, signature: signatureOf(signed), now: at(0) })).toBe(false);
  });

  it('are verified by the example of docs/alerts.md', async () => {
    const { code } = await exampleOf('docs/alerts.md');
    const example = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      isGenuine: (headers: Record<string, string>, body: string, secret: string) => boolean;
    };
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = { 'x-mlops-timestamp': timestamp, 'x-mlops-signature': signatureOf({ ...sent, timestamp }) };
    expect(example.isGenuine(headers, sent.body, sent.secret)).toBe(true);
    expect(example.isGenuine(headers, `${sent.body} `, sent.secret)).toBe(false);
    expect(example.isGenuine({ ...headers, 'x-mlops-signature': 'v1=00' }, sent.body, sent.secret)).toBe(false);
    const old = { 'x-mlops-timestamp': sent.timestamp, 'x-mlops-signature': received.signature };
    expect(example.isGenuine(old, sent.body, sent.secret)).toBe(false);
  });
});
