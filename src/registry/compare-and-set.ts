import { setTimeout as sleep } from 'node:timers/promises';
import type { Objects } from '../store/objects.js';

/** A writer that lost so many races in a row gives up, to be tried again by its activity. */
const TRIES = 40;

/** Milliseconds between two tries, at most. */
const PAUSE_MS = 200;

/** Runs `attempt` until it gives something other than `null`, which says that another writer was first. */
export async function untilWon<T>(what: string, attempt: () => Promise<{ won: T } | null>): Promise<T> {
  for (let tried = 0; tried < TRIES; tried++) {
    const result = await attempt();
    if (result !== null) return result.won;
    await sleep(Math.random() * Math.min(PAUSE_MS, 10 * 2 ** tried));
  }
  throw new Error(`${what} could not be written: others wrote it ${TRIES} times meanwhile.`);
}

/**
 * Reads an object's text, changes it and writes it, with no other writer in between.
 * @param change gets `null` when there is none; `text: null` leaves everything as it is. May be called more than once.
 */
export const compareAndSet = <T>(
  objects: Objects,
  key: string,
  change: (text: string | null) => { text: string | null; result: T },
): Promise<T> =>
  untilWon(key, async () => {
    const found = await objects.get(key);
    const { text, result } = change(found === null ? null : textOf(found.bytes));
    if (text === null) return { won: result };
    const tag = await objects.put(key, Buffer.from(text), found === null ? 'when-absent' : { whenTag: found.tag });
    return tag === null ? null : { won: result };
  });

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
