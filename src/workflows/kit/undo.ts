import { ApplicationFailure, CancellationScope, log, sleep } from '@temporalio/workflow';
import { programCommand } from '../../contracts/commands.js';
import { reasonOf } from '../../contracts/failures.js';
import { markdown, DAY_MS } from '../../contracts/text.js';

interface Step {
  /** What it does, for people. */
  name: string;
  run: () => Promise<unknown>;
}

/** Pauses between tries of a step back, in seconds; the last one repeats. */
const PAUSES = [1, 5, 15, 60, 300];

/** How long a step back is tried. Every try has its own retries besides. */
const TRY_FOR_MS = 7 * DAY_MS;

/** Steps back, registered before the operation they undo. */
export function undoLog() {
  const steps: Step[] = [];
  return {
    before: (name: string, run: Step['run']) => void steps.push({ name, run }),

    /** Takes all steps back, as `takeBack` does. */
    undo: (tell: (state: string) => void) => takeBack(steps, tell),
  };
}

/**
 * Takes steps back, all at once and whether or not the workflow was cancelled: a registry that is away must not keep the
 * alias from going back. A step that fails is tried again, also on failures that are final elsewhere: renewed
 * credentials end them here.
 * @throws RollbackIncomplete when a step failed for a week
 */
export const takeBack = (steps: readonly Step[], tell: (state: string) => void): Promise<void> =>
  CancellationScope.nonCancellable(async () => {
    const failing = new Map<string, string>();
    const tellAll = (name: string, state: string) => {
      failing.set(name, state);
      tell(`**Rolling back**: ${markdown([...failing.values()].join('; '))}`);
    };
    const ends = await Promise.allSettled(steps.map(({ name, run }) => persistently(name, run, tellAll)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });

async function persistently(
  name: string,
  run: Step['run'],
  tell: (name: string, state: string) => void,
): Promise<void> {
  const deadline = Date.now() + TRY_FOR_MS;
  for (let tries = 1; ; tries++) {
    try {
      await run();
      return;
    } catch (error) {
      const why = reasonOf(error);
      log.error('A step back failed', { step: name, why });
      if (Date.now() >= deadline)
        throw ApplicationFailure.nonRetryable(
          `Could not ${name} for a week (${why}); do it by hand, then run ${programCommand('models')}.`,
          'RollbackIncomplete',
        );
      const pause = PAUSES[Math.min(tries, PAUSES.length) - 1]!;
      tell(name, `could not ${name} (${why}); tried ${tries} times, again in ${pause} s`);
      await sleep(pause * 1000, { summary: `try again to ${name}` });
    }
  }
}
