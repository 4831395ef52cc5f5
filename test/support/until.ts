import { setTimeout as delay } from 'node:timers/promises';

/** How long anything may take that is bound to come; generous, because only a defect ever waits so long. */
export const LIMIT_MS = 180_000;

/** Asks again and again until the answer holds, and gives it. @throws Error with the last answer after `limit` */
export async function until<T>(ask: () => T | Promise<T>, holds: (answer: T) => boolean, limit = LIMIT_MS): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > deadline)
      throw new Error(`Not so within ${limit} ms; the last answer was ${JSON.stringify(answer)}.`);
    await delay(50);
  }
}
