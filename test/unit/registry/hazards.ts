import type { Scheduler } from 'fast-check';
import type { Objects, PutCondition } from '../../../src/store/objects.js';

/**
 * What befalls a write: its answer is lost and it is tried again, as the SDK does; its answer is lost for good; it never
 * arrives.
 */
export type Hazard = 'none' | 'tried again' | 'unknown end' | 'refused';

/**
 * Objects as one of several writers meets them on a network: every request waits for the scheduler before the operation and
 * after it, and writes meet hazards, in turn.
 */
export function hazardous(objects: Objects, scheduler: Scheduler, hazards: Iterator<Hazard>): Objects {
  const wait = () => scheduler.schedule(Promise.resolve());
  const around = async <T>(operation: () => Promise<T>): Promise<T> => {
    await wait();
    const result = await operation();
    await wait();
    return result;
  };

  /** As the S3 adapter does it: a lost condition may be this very write. */
  const putAgain = async (key: string, bytes: Uint8Array, condition: PutCondition) => {
    const tag = await around(() => objects.put(key, bytes, condition));
    if (tag !== null) return tag;
    const found = await around(() => objects.get(key));
    return found !== null && Buffer.compare(found.bytes, bytes) === 0 ? found.tag : null;
  };

  return {
    ...objects,
    get: (key) => around(() => objects.get(key)),
    list: (prefix) => around(() => objects.list(prefix)),
    async put(key, bytes, condition) {
      const hazard = (hazards.next().value as Hazard | undefined) ?? 'none';
      if (hazard === 'refused') throw new Error(LOST);
      const tag = await around(() => objects.put(key, bytes, condition));
      if (hazard === 'tried again') return putAgain(key, bytes, condition);
      if (hazard === 'unknown end') throw new Error(LOST);
      return tag;
    },
  };
}

const LOST = 'The connection was cut.';

/** Does an operation again, as activities do, until no connection is cut meanwhile. */
export async function untilDone<T>(operation: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof Error) || error.message !== LOST) throw error;
    }
}

/** A folder that writes whatever the condition says: what every conditional write is there for goes wrong in it. */
export const unconditional = (objects: Objects): Objects => ({
  ...objects,
  put: (key, bytes) => objects.put(key, bytes, 'always'),
});
