import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import { isMissing } from '../store/files.js';
import type { Anchor } from './anchor.js';

const line = z.object({
  model: z.string(),
  sequence: z.number().int().positive(),
  hash: z.string(),
  signature: z.object({ key: z.string(), value: z.string() }),
});

/** Heads as lines of a file, which only grows: on another disk, or one that takes no changes (chattr +a). */
export function createFileAnchor(path: string): Anchor {
  async function lines() {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
    // What a killed writer left is on a line of its own, without an end.
    return text
      .split('\n')
      .filter(Boolean)
      .flatMap((text) => read(path, text) ?? []);
  }

  return {
    place: path,
    models: async () => [...new Set((await lines()).map(({ model }) => model))].sort(),

    async latest(model) {
      const heads = (await lines()).filter((head) => head.model === model);
      return heads.reduce<(typeof heads)[number] | null>(
        (last, head) => (head.sequence > (last?.sequence ?? 0) ? head : last),
        null,
      );
    },

    async put(model, { sequence, hash, signature }) {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a', 0o600);
      try {
        await file.writeFile(`\n${JSON.stringify({ model, sequence, hash, signature })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** `null` for the torn line of a writer that was killed. @throws PipelineFailure `LogTampered` for what is no head */
function read(path: string, text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const found = line.safeParse(value);
  if (found.success) return found.data;
  throw new PipelineFailure(
    'LogTampered',
    `The anchor ${path} has a line that is no head of a log: restore it from a backup.`,
  );
}
