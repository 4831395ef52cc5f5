import { setTimeout as delay } from 'node:timers/promises';
import { patiently } from '../client/patience.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Project } from '../contracts/names.js';

/** Pause before the store is asked again; it doubles with every try, up to the longest. */
const AGAIN_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * What a worker is of, as soon as its store can be read; until then it says what it waits for and how often that was tried.
 * @param place home or bucket
 * @param pause waits so many milliseconds
 * @throws PipelineFailure that no further try mends
 */
export async function waitForStore(
  place: string,
  open: () => Promise<Project>,
  say: (line: string) => void,
  pause: (milliseconds: number) => Promise<unknown> = delay,
): Promise<Project> {
  for (let tries = 1; ; tries++)
    try {
      return await patiently(`the store in ${place}`, open(), say);
    } catch (error) {
      if (error instanceof PipelineFailure) throw error;
      const milliseconds = Math.min(LONGEST_PAUSE_MS, AGAIN_MS * 2 ** (tries - 1));
      const why = error instanceof Error ? error.message : String(error);
      say(
        `Waiting for the store in ${place}, tried ${tries === 1 ? 'once' : `${tries} times`}, next try in ${milliseconds / 1000} s: ${why}`,
      );
      await pause(milliseconds);
    }
}
