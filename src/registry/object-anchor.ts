import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import type { KeptObjects } from '../store/kept-objects.js';
import type { Anchor } from './anchor.js';

const head = z.object({
  sequence: z.number().int().positive(),
  hash: z.string(),
  signature: z.object({ key: z.string(), value: z.string() }),
});

const DIGITS = 10;

/** Heads as objects `<model>/0000000007.json`, each written once. @param place their address, for people */
export function createObjectAnchor(objects: KeptObjects, place: string): Anchor {
  return {
    place,
    models: async () => [
      ...new Set((await objects.list('')).flatMap((key) => /^([^/]+)\/\d+\.json$/.exec(key)?.[1] ?? [])),
    ],

    async latest(model) {
      const keys = (await objects.list(`${model}/`)).filter((key) => /\/\d{10}\.json$/.test(key)).sort();
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

const keyOf = (model: string, sequence: number) => `${model}/${String(sequence).padStart(DIGITS, '0')}.json`;

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
