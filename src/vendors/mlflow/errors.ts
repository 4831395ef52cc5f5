import type { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import { type Answer, isPassing } from '../http/exchange.js';
import type { MlflowOptions } from './settings.js';

/** An answer other than success that a caller may expect: `RESOURCE_DOES_NOT_EXIST`, `RESOURCE_ALREADY_EXISTS`, ... */
export class MlflowRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'MlflowRefusal';
  }
}

/** Characters of what a server says no with that are told. */
const REASON_LENGTH = 300;

/**
 * Throws what an answer that is no success means; see the client for which error means what.
 * @param what was asked, like `runs/create`
 */
export function requireSuccess({ uri, authorization }: MlflowOptions, what: string, answer: Answer): void {
  const { status, leadsTo } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) throw rejected(uri, authorization, answer);
  if (isPassing(status))
    throw new Error(`The MLflow server at ${uri} answered ${status} to ${what}; it is worth another try.`);
  if (leadsTo !== null)
    throw unusable(uri, `it redirects to ${leadsTo}, and redirects are not followed`, 'put the final address into');
  const refusal = refusalOf(answer.body);
  if (refusal === null) throw unusable(uri, `it answered ${status} without saying why to ${what}`);
  throw new MlflowRefusal(refusal.code, `MLflow refused ${what}: ${refusal.reason}`);
}

/** The answer's JSON when it has the expected shape. @throws PipelineFailure `RegistryUnusable` otherwise */
export function readAnswer<T>(uri: string, what: string, body: Buffer, shape: z.ZodType<T>): T {
  const result = shape.safeParse(parsed(body));
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.join('.') ?? '';
  throw unusable(uri, `its answer to ${what} is not what MLflow answers${place === '' ? '' : ` (${place})`}`);
}

/** What is at an address is not an MLflow server, or not one that this can use. */
export const unusable = (uri: string, why: string, remedy = 'check'): PipelineFailure =>
  new PipelineFailure(
    'RegistryUnusable',
    `What answers at ${uri} is not an MLflow server that can be used: ${why}; ${remedy} MLFLOW_TRACKING_URI.`,
  );

function rejected(uri: string, authorization: MlflowOptions['authorization'], { status, body }: Answer) {
  const used =
    authorization === null
      ? 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN'
      : `check ${'token' in authorization ? 'MLFLOW_TRACKING_TOKEN' : 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD'}, and what this user may do there`;
  const host = body.toString('utf8', 0, 100).includes('Invalid Host header');
  return new PipelineFailure(
    'CredentialsRejected',
    host
      ? `The MLflow server at ${uri} takes no requests for this name (${status}): start it with --allowed-hosts, or change MLFLOW_TRACKING_URI.`
      : `The MLflow server at ${uri}, which MLFLOW_TRACKING_URI names, refused access (${status}): ${used}.`,
  );
}

function refusalOf(body: Buffer): { code: string; reason: string } | null {
  const value = parsed(body);
  if (typeof value !== 'object' || value === null || !('error_code' in value)) return null;
  const message = 'message' in value && typeof value.message === 'string' ? value.message : '';
  return { code: String(value.error_code), reason: message.split('\n')[0]!.slice(0, REASON_LENGTH) };
}

/** `undefined` when it is not JSON. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** For a list whose pages lead back to each other. */
export const endless = (what: string, why: string): PipelineFailure =>
  new PipelineFailure(
    'RegistryUnusable',
    `The MLflow server that MLFLOW_TRACKING_URI names cannot be used for ${what}: ${why}; look at what answers between it and here.`,
  );
