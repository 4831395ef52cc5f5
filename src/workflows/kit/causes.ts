import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** A failure in the words of the step that failed. */
export function causeOf(error: unknown): string {
  let cause = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause !== undefined)
    cause = cause.cause;
  return cause instanceof Error ? cause.message : 'unknown';
}
