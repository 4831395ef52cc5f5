import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';

/** Objects that end with the test. Equal bytes share a tag, as on S3. `all` shows what is there, to look or to damage. */
export function createMemoryObjects(): Objects & { all: Map<string, Uint8Array> } {
  const all = new Map<string, Uint8Array>();
  const written = new Map<string, number>();
  const tagOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
  return {
    all,
    async get(key) {
      await turn();
      const bytes = all.get(key);
      return bytes === undefined ? null : { bytes: Uint8Array.from(bytes), tag: tagOf(bytes) };
    },
    async *open(key) {
      await turn();
      const bytes = all.get(key);
      if (bytes === undefined) throw new PipelineFailure('ArtifactCorrupt', `There is no object ${key}.`);
      const half = bytes.length >> 1;
      yield bytes.subarray(0, half);
      yield bytes.subarray(half);
    },
    async size(key) {
      await turn();
      return all.get(key)?.byteLength ?? null;
    },
    async put(key, bytes, condition) {
      await turn();
      const found = all.get(key);
      if (condition === 'when-absent' && found !== undefined) return null;
      if (typeof condition === 'object' && (found === undefined || tagOf(found) !== condition.whenTag)) return null;
      all.set(key, Uint8Array.from(bytes));
      written.set(key, Date.now());
      return tagOf(bytes);
    },
    async putFile(key, path) {
      all.set(key, await readFile(path));
      written.set(key, Date.now());
    },
    async list(prefix) {
      await turn();
      return [...all.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    async entries(prefix) {
      const entries = (await this.list(prefix)).map((key) => ({ key, bytes: all.get(key)!.byteLength }));
      return entries.map((entry) => ({ ...entry, modified: written.get(entry.key) ?? 0 }));
    },
    async delete(key) {
      await turn();
      all.delete(key);
    },
    append: null,
    path: () => null,
  };
}

/** Others get their turn, as they do while a request is on its way. */
const turn = () => Promise.resolve();
