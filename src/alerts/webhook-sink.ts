import { createHmac, timingSafeEqual } from 'node:crypto';
import { PipelineFailure } from '../contracts/failures.js';
import type { Alert } from '../contracts/monitoring.js';
import type { AlertSink } from './alert-sink.js';

/** A receiver that has not answered by then is tried again. */
const TIMEOUT_MS = 10_000;
/** Shorter secrets could be guessed. */
const MIN_SECRET_LENGTH = 16;
/** Answers that ask for another try: too slow, too early, too many. So do all from 500 on. */
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** Where signed alerts go, and what signs them. */
export interface WebhookOptions {
  /** `http:` or `https:`. Only its host is ever told: path and query may hold a key. */
  url: string;
  secret: string;
  now: () => Date;
  /** 10 s by default. */
  timeoutMs?: number;
}

/**
 * Alerts as signed POST requests; see docs/alerts.md for what a receiver gets.
 * @throws Error naming the setting when the address or the secret cannot be used
 */
export function createWebhookSink(options: WebhookOptions): AlertSink {
  const url = addressOf(options.url);
  const secret = checkedSecret(options.secret);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  return {
    name: 'webhook',
    async send(alert, signal) {
      const request = signedRequest(alert, secret, options.now());
      const posted = withTimeLimit(signal, timeoutMs, (limited) => post(url, request, limited));
      const status = await posted.catch((error: unknown) => {
        signal.throwIfAborted();
        // The error itself stays behind: it could name the whole address.
        throw new Error(`The alert webhook at ${url.host} could not be reached: ${faultOf(error, timeoutMs)}.`);
      });
      requireAccepted(url, status);
    },
  };
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Error(
      'MLOPS_ALERT_WEBHOOK is not an http or https address: give one like https://alerts.example.org/in.',
    );
  if (url.username !== '' || url.password !== '')
    throw new Error('MLOPS_ALERT_WEBHOOK holds a user name or password: leave them out, requests are signed instead.');
  return url;
}

function checkedSecret(secret: string): string {
  if (secret.length >= MIN_SECRET_LENGTH) return secret;
  throw new Error(
    `MLOPS_ALERT_SECRET is missing or shorter than ${MIN_SECRET_LENGTH} characters, but MLOPS_ALERT_WEBHOOK is set: give the secret that signs alerts, for example from "openssl rand -hex 32".`,
  );
}

function signedRequest(alert: Alert, secret: string, now: Date) {
  const body = JSON.stringify({ schemaVersion: 1, ...alert });
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'anemia-mlops-alerts/1',
      'x-mlops-alert-id': alert.id,
      'x-mlops-timestamp': timestamp,
      'x-mlops-signature': signatureOf({ timestamp, body, secret }),
    },
  };
}

/** The answer's status; what else it holds is not read. */
async function post(url: URL, request: RequestInit, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, { ...request, redirect: 'manual', signal });
  await response.body?.cancel();
  return response.status;
}

/** Kind of fault in words. */
function faultOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'unknown fault';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name;
}

function requireAccepted({ host }: URL, status: number): void {
  if (status >= 200 && status < 300) return;
  const answered = `The alert webhook at ${host} answered ${status}`;
  if (TRY_AGAIN.has(status) || status >= 500) throw new Error(`${answered}; the alert is sent again.`);
  const check =
    status < 400
      ? 'redirects are not followed, so put the final address into MLOPS_ALERT_WEBHOOK'
      : 'check the path of MLOPS_ALERT_WEBHOOK, and that the receiver verifies with the same MLOPS_ALERT_SECRET';
  throw new PipelineFailure('AlertRefused', `${answered}, which trying again will not change; ${check}.`);
}

/** A signed alert that is older, or further in the future, is not accepted: it may be a recorded one sent again. */
export const MAX_AGE_SECONDS = 300;

const SCHEME = 'v1=';

interface Signed {
  /** Seconds since 1970, as sent in `x-mlops-timestamp`. */
  timestamp: string;
  /** The request's body, byte for byte as it was sent. */
  body: string | Uint8Array;
  secret: string;
}

/** `v1=` and the hexadecimal HMAC-SHA256 (RFC 2104) of `<timestamp>.<body>`: the value of `x-mlops-signature`. */
export function signatureOf({ timestamp, body, secret }: Signed): string {
  return SCHEME + createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/**
 * Whether a received alert was signed with the secret, not long ago. Takes the same time wherever signatures differ.
 * @param signed what was received; `signature` is `x-mlops-signature`, `now` the receiver's time
 */
export function verifySignature(signed: Signed & { signature: string; now: Date }): boolean {
  const age = Math.abs(signed.now.getTime() / 1000 - Number(signed.timestamp));
  const expected = Buffer.from(signatureOf(signed));
  const given = Buffer.from(signed.signature);
  return age <= MAX_AGE_SECONDS && given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Gives work a signal that is aborted after a time, with a `TimeoutError`, or together with another signal. Not
 * `AbortSignal.any` over `AbortSignal.timeout`: Node may collect that timeout before it fires (nodejs/node#57736).
 */
async function withTimeLimit<T>(
  signal: AbortSignal,
  milliseconds: number,
  use: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new DOMException('It took too long.', 'TimeoutError')), milliseconds);
  signal.addEventListener('abort', stop);
  try {
    return await use(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
