import { PipelineFailure } from '../../contracts/failures.js';

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
