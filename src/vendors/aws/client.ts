import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { PipelineFailure } from '../../contracts/failures.js';

interface Stack {
  add: (
    middleware: (
      next: (args: never) => Promise<unknown>,
      context: { clientName?: string; commandName?: string },
    ) => (args: never) => Promise<unknown>,
    options: { step: 'initialize'; name: string; override: boolean },
  ) => void;
}

/**
 * The same client, whose calls are spans like `S3 PutObject` wherever this process traces; elsewhere they cost nothing.
 * Spans have the error's name and no part of the request.
 */
export function traced<T extends { middlewareStack: unknown }>(client: T): T {
  (client.middlewareStack as Stack).add(
    (next, { clientName = '', commandName = '' }) =>
      (args) => {
        const [service, operation] = [clientName.replace(/Client$/, ''), commandName.replace(/Command$/, '')];
        const attributes = { 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': operation };
        const tracer = trace.getTracer('aws');
        return tracer.startActiveSpan(
          `${service} ${operation}`,
          { kind: SpanKind.CLIENT, attributes },
          async (span) => {
            try {
              return await next(args);
            } catch (error) {
              span.setStatus({ code: SpanStatusCode.ERROR, message: errorName(error) });
              throw error;
            } finally {
              span.end();
            }
          },
        );
      },
    { step: 'initialize', name: 'traced', override: true },
  );
  return client;
}

/** Errors that say who calls, or what they may do, is wrong: a retry with the same credentials meets them again. */
const CREDENTIAL_ERRORS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

/** Name of an AWS service exception or of any other error, `''` for what is none. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/**
 * What a failed AWS call becomes: `CredentialsRejected` when only other credentials help, otherwise a plain, retryable
 * error that names the operation. An abort and a failure that has its name already pass through.
 * @param doing for example `Publishing function anemia`
 */
export function translated(error: unknown, doing: string): Error {
  const name = errorName(error);
  if (error instanceof PipelineFailure) return error;
  if (error instanceof Error && name === 'AbortError') return error;
  if (CREDENTIAL_ERRORS.has(name)) {
    return new PipelineFailure(
      'CredentialsRejected',
      `${doing} was refused by AWS with ${name}; renew the credentials of the worker or grant its role this action.`,
      { cause: error },
    );
  }
  const detail = error instanceof Error ? reason(error) : 'an unknown error';
  return new Error(`${doing} failed with ${detail}.`, { cause: error });
}

/** Name, and for a connection the system's code; a service's own message says which parameter it refuses. */
function reason(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const shown = error.name === 'Error' || error.name === 'AggregateError' ? code || error.name : error.name;
  const message = error.message.replace(/\.$/, '');
  return message === '' ? shown : `${shown}: ${message}`;
}

/** Answers that stay as they are until somebody changes a bucket, a policy or a key, by the remedy. */
const REMEDIES: Partial<Record<string, string>> = {
  RegionMissing: 'set AWS_REGION to the region of the bucket',
  NoSuchBucket: 'make the bucket or correct its name in MLOPS_STORAGE, MLOPS_CAPTURE or dataset.uri',
  PermanentRedirect: 'set AWS_REGION to the region of the bucket',
  AuthorizationHeaderMalformed: 'set AWS_REGION to the region of the bucket',
  AccessDenied:
    'grant the role the rights that docs/s3.md lists, in its policy, in that of the bucket and in that of its key',
  Forbidden:
    'grant the role the rights that docs/s3.md lists, in its policy, in that of the bucket and in that of its key',
  InvalidBucketName: 'correct the name of the bucket',
  AllAccessDisabled: 'ask the owner of the bucket for access',
  'KMS.NotFoundException': 'correct the key in MLOPS_S3_KMS_KEY',
  'KMS.DisabledException': 'enable the KMS key',
};

/** Name of the error, also where an answer without a body left the SDK none but its status. */
export function s3ErrorName(error: unknown): string {
  const name = errorName(error);
  if (error instanceof Error && error.message === 'Region is missing') return 'RegionMissing';
  if (name !== '' && name !== 'Unknown' && name !== 'UnknownError' && !/^\d+$/.test(name)) return name;
  return BY_STATUS[statusOf(error) ?? 0] ?? name;
}

const BY_STATUS: Partial<Record<number, string>> = {
  301: 'PermanentRedirect',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'ConditionalRequestConflict',
  412: 'PreconditionFailed',
};

/** HTTP status of the answer that an error is of, `undefined` where there was none. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;

/**
 * What a failed call to a bucket becomes: `StorageUnusable` where only its owner helps, `CredentialsRejected` where only
 * other credentials do, otherwise a plain error that may be tried again.
 * @param doing for example `Writing to bucket models`
 */
export function s3Failure(error: unknown, doing: string): Error {
  const name = s3ErrorName(error);
  const remedy = Object.hasOwn(REMEDIES, name) ? REMEDIES[name] : undefined;
  if (remedy === undefined) return translated(error, doing);
  return new PipelineFailure('StorageUnusable', `${doing} was refused with ${name}; ${remedy}.`, {
    cause: error,
  });
}
