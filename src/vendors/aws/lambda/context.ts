import type { LambdaClient } from '@aws-sdk/client-lambda';
import { PipelineFailure } from '../../../contracts/failures.js';
import { errorName } from '../errors.js';

/** What the parts of the deployer share: the client, its rights, and how a call is bound to its signal. */
export interface LambdaContext {
  client: LambdaClient;
  createMissing: boolean;
  /** Options of one SDK call. */
  send: { abortSignal?: AbortSignal };
}

/** The failure of a thing that this deployer may not, or cannot, make. */
export function missing(what: string): PipelineFailure {
  return new PipelineFailure(
    'FunctionMissing',
    `${what} does not exist and is not this deployer's to make, because Terraform owns it; apply the Terraform configuration first, or set deployment.function.create to true.`,
  );
}

/** The answer of a call, `null` when what it asks for does not exist. */
export async function orMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return null;
    throw error;
  }
}
