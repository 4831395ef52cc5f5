import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createWebhookSink, type WebhookOptions } from '../../../src/alerts/webhook-sink.js';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { freePorts } from '../../support/temp.js';
import { ALERT, startReceiver } from './receiver.js';

const SECRET = 'a secret of more than 16 characters';
const KEY = 'key-in-the-address';
const NOW = new Date('2026-03-01T02:00:05.900Z');

const sinkFor = (host: string, options: Partial<WebhookOptions> = {}) =>
  createWebhookSink({ url: `http://${host}/in/${KEY}?token=${KEY}`, secret: SECRET, now: () => NOW, ...options });

const never = () => new AbortController().signal;

/** What sending fails with, after making sure that it tells nothing secret anywhere. */
async function failureOf(sending: Promise<void>): Promise<Error> {
  const error = await sending.then(
    () => expect.fail('The alert was delivered.'),
    (reason: unknown) => reason as Error,
  );
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    expect(`${each.message} ${each.stack}`).not.toContain(KEY);
    expect(`${each.message} ${each.stack}`).not.toContain(SECRET);
  }
  return error;
}

describe('the alert webhook', () => {
  it('sends the alert as JSON, signed over its time and its bytes', async () => {
    const { host, received } = await startReceiver([204]);
    await sinkFor(host).send(ALERT, never());
    const [{ method, url, headers, body }] = received as [(typeof received)[0]];
    expect({ method, url }).toEqual({ method: 'POST', url: `/in/${KEY}?token=${KEY}` });
    expect(JSON.parse(body)).toEqual({ schemaVersion: 1, ...ALERT });
    const seconds = '1772330405';
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringContaining('mlops') as string,
      'x-mlops-alert-id': ALERT.id,
      'x-mlops-timestamp': seconds,
      'x-mlops-signature': `v1=${createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex')}`,
    });
  });

  it('sends the same alert with a new time and signature when it is told again', async () => {
    const { host, received } = await startReceiver([503, 200]);
    let seconds = 0;
    const sink = sinkFor(host, { now: () => new Date(1000 * seconds++) });
    expect(await failureOf(sink.send(ALERT, never()))).not.toBeInstanceOf(PipelineFailure);
    await sink.send(ALERT, never());
    const [first, second] = received as [(typeof received)[0], (typeof received)[0]];
    expect(second.body).toBe(first.body);
    expect(second.headers['x-mlops-alert-id']).toBe(first.headers['x-mlops-alert-id']);
    expect(second.headers['x-mlops-signature']).not.toBe(first.headers['x-mlops-signature']);
  });

  it.each([408, 425, 429, 500, 502, 503])('may be tried again after %i', async (status) => {
    const { host } = await startReceiver([status]);
    const error = await failureOf(sinkFor(host).send(ALERT, never()));
    expect(error).not.toBeInstanceOf(PipelineFailure);
    expect(error.message).toBe(`The alert webhook at ${host} answered ${status}; the alert is sent again.`);
  });

  it.each([400, 401, 403, 404, 410, 413])('is not tried again after %i, and says what to check', async (status) => {
    const { host } = await startReceiver([status]);
    const error = await failureOf(sinkFor(host).send(ALERT, never()));
    expect(error).toMatchObject({ type: 'AlertRefused' });
    expect(error.message).toContain(`The alert webhook at ${host} answered ${status}`);
    expect(error.message).toContain('MLOPS_ALERT_SECRET');
  });

  it.each([301, 302, 307, 308])('does not follow a redirect (%i), which could lead anywhere', async (status) => {
    const elsewhere = await startReceiver([200]);
    const { host } = await startReceiver([
      (_, response) => response.writeHead(status, { location: `http://${elsewhere.host}/` }).end(),
    ]);
    expect(await failureOf(sinkFor(host).send(ALERT, never()))).toMatchObject({
      type: 'AlertRefused',
      message: expect.stringContaining('redirects are not followed') as string,
    });
    expect(elsewhere.received).toEqual([]);
  });

  it('gives up on a receiver that does not answer, to try again', async () => {
    const { host } = await startReceiver([() => undefined]);
    const error = await failureOf(sinkFor(host, { timeoutMs: 50 }).send(ALERT, never()));
    expect(error).not.toBeInstanceOf(PipelineFailure);
    expect(error.message).toBe(`The alert webhook at ${host} could not be reached: no answer within 0.05 s.`);
  });

  it('does not wait for the end of an answer', async () => {
    const { host } = await startReceiver([(_, response) => void response.writeHead(200).write('and so on')]);
    await sinkFor(host).send(ALERT, never());
  });

  it('names the kind of fault when nobody listens', async () => {
    const host = `127.0.0.1:${(await freePorts(1))[0]!}`;
    const error = await failureOf(sinkFor(host).send(ALERT, never()));
    expect(error).not.toBeInstanceOf(PipelineFailure);
    expect(error.message).toBe(`The alert webhook at ${host} could not be reached: ECONNREFUSED.`);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const { host } = await startReceiver([() => controller.abort(new Error('cancelled'))]);
    await expect(sinkFor(host).send(ALERT, controller.signal)).rejects.toThrow('cancelled');
  });

  it.each([
    ['no address', 'here', 'MLOPS_ALERT_WEBHOOK is not an http or https address'],
    ['another scheme', `ftp://example.org/${KEY}`, 'MLOPS_ALERT_WEBHOOK is not an http or https address'],
    ['a password', `https://me:${KEY}@example.org/`, 'MLOPS_ALERT_WEBHOOK holds a user name or password'],
  ])('refuses %s at once', async (_, url, message) => {
    const error = await failureOf(Promise.resolve().then(() => void sinkFor('', { url })));
    expect(error.message).toContain(message);
  });

  it.each(['', 'too short'])('refuses to go unsigned, or signed with a short secret', (secret) => {
    expect(() => sinkFor('127.0.0.1', { secret })).toThrow(/MLOPS_ALERT_SECRET is missing or shorter than 16/);
  });
});
