import type { Objects } from '../../src/store/objects.js';

/**
 * The same objects for several writers whose requests are let through one at a time, in the order of `next`: a number
 * from 0 below what it is given. `lose` says whether the answer to a write is lost after it was carried out; the writer
 * then hears of a cut connection.
 */
export function shuffled(objects: Objects, next: (below: number) => number, lose: () => boolean = () => false) {
  const waiting: (() => void)[] = [];
  let running = false;
  const run = () => {
    running = true;
    setImmediate(() => {
      running = false;
      const [chosen] = waiting.splice(next(waiting.length), 1);
      chosen?.();
      if (waiting.length > 0) run();
    });
  };
  const turn = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (!running) run();
    });
  return {
    ...objects,
    async get(key: string) {
      await turn();
      return objects.get(key);
    },
    async list(prefix: string) {
      await turn();
      return objects.list(prefix);
    },
    async put(key: string, bytes: Uint8Array, condition: Parameters<Objects['put']>[2]) {
      await turn();
      const tag = await objects.put(key, bytes, condition);
      if (lose()) throw new Error('the connection was cut');
      return tag;
    },
  } satisfies Objects;
}
