import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';
import type { Anchor } from './anchor.js';

/** Objects that are written once and kept: what an anchor needs of files or a bucket. */
export interface KeptObjects extends Pick<Objects, 'list' | 'get'> {
  /** Keeps an object; where the bucket has Object Lock, nobody can change or delete it for a time. */
  keep(key: string, bytes: Uint8Array): Promise<void>;
}

/** Objects that are kept by what the file system or the policy of a bucket forbids. */
export const keptObjects = (objects: Objects): KeptObjects => ({
  list: (prefix) => objects.list(prefix),
  get: (key) => objects.get(key),
  async keep(key, bytes) {
    await objects.put(key, bytes, 'when-absent');
  },
});

const head = z.object({
  sequence: z.number().int().positive(),
  hash: z.string(),
  signature: z.object({ key: z.string(), value: z.string() }),
});

const DIGITS = 10;

/** Models have no dots in their names. */
const HEAD = /^([^./]+)\.\d{10}\.json$/;

/**
 * Heads as objects `<model>.0000000007.json` of one folder, each written once: on another disk, in a folder that takes
 * nothing but new files (`chattr +a`), or in a bucket.
 * @param place their address, for people
 */
export function createAnchor(objects: KeptObjects, place: string): Anchor {
  return {
    place,
    models: async () => [...new Set((await objects.list('')).flatMap((key) => HEAD.exec(key)?.[1] ?? []))],

    async latest(model) {
      const keys = (await objects.list(`${model}.`)).filter((key) => HEAD.test(key)).sort();
      const key = keys.at(-1);
      const found = key === undefined ? null : await objects.get(key);
      if (key === undefined || found === null) return null;
      const parsed = head.safeParse(json(found.bytes));
      if (parsed.success && key === keyOf(model, parsed.data.sequence)) return parsed.data;
      throw new PipelineFailure(
        'LogTampered',
        `The anchor ${place}/${key} is not the head of a log that was kept there: restore it, or its earlier version.`,
      );
    },

    put: (model, anchored) =>
      objects.keep(keyOf(model, anchored.sequence), new TextEncoder().encode(`${JSON.stringify(anchored)}\n`)),
  };
}

const keyOf = (model: string, sequence: number) => `${model}.${String(sequence).padStart(DIGITS, '0')}.json`;

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
