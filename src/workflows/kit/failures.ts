import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { reasonOf } from '../../contracts/failures.js';

/**
 * Does what a workflow's end is not to depend on: when the activity fails, that is told, and the workflow goes on.
 * @param what begins the sentence that tells of a failure
 * @returns `null` when it failed
 */
export async function orTell<T>(
  what: string,
  tell: (trouble: string) => void,
  act: () => Promise<T>,
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    tell(`${what}: ${reasonOf(error)}`);
    return null;
  }
}
