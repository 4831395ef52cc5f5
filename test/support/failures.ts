import { ApplicationFailure } from '@temporalio/client';
import type { Run } from './lab.js';

/** The named failure that ended a run. @throws Error when it did not fail so */
export async function failureOf(run: Run): Promise<{ type: string; message: string }> {
  let cause: unknown = await run.result().then(
    () => null,
    (error: unknown) => error,
  );
  while (cause instanceof Error && !(cause instanceof ApplicationFailure)) cause = cause.cause;
  if (!(cause instanceof ApplicationFailure)) throw new Error(`Run ${run.workflowId} did not fail by name.`);
  return { type: cause.type ?? '', message: cause.message };
}
