import { ApplicationFailure, CancellationScope, log, sleep } from '@temporalio/workflow';

interface Step {
  /** What it does, for people. */
  name: string;
  run: () => Promise<unknown>;
}

/** Pauses between tries of a step back, in seconds; the last one repeats. */
const PAUSES = [1, 5, 15, 60, 300];

/** Tries of one step in all: about a week. Every try has its own retries besides. */
const MAX_TRIES = 2000;

/** Steps back, registered before the deed they undo. */
export function undoLog() {
  const steps: Step[] = [];
  return {
    before: (name: string, run: Step['run']) => void steps.push({ name, run }),

    /**
     * Takes the steps back, latest first, whether or not the workflow was cancelled. A step that fails is tried again,
     * also on failures that are final elsewhere: renewed credentials end them here.
     * @throws RollbackIncomplete when a step failed for a week
     */
    undo: (tell: (state: string) => void) =>
      CancellationScope.nonCancellable(async () => {
        for (const { name, run } of steps.reverse()) await persistently(name, run, tell);
      }),
  };
}

async function persistently(name: string, run: Step['run'], tell: (state: string) => void): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await run();
      return;
    } catch (error) {
      const why = rootCause(error);
      log.error('A step back failed', { step: name, why });
      if (tries >= MAX_TRIES)
        throw ApplicationFailure.nonRetryable(
          `Could not ${name} for a week (${why}); do it by hand, then run npm run models.`,
          'RollbackIncomplete',
        );
      const pause = PAUSES[Math.min(tries, PAUSES.length) - 1]!;
      tell(`**Rolling back**: could not ${name} (${why}); tried ${tries} times, again in ${pause} s`);
      await sleep(pause * 1000, { summary: `try again to ${name}` });
    }
  }
}

/** The words of the failure at the bottom, which an activity gave it. */
export function rootCause(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error ? cause.message : String(cause);
}
