import { createHash } from 'node:crypto';
import type { ArtifactRef } from '../contracts/values.js';
import { PipelineFailure } from '../contracts/failures.js';
import { type ArtifactStore, corrupt, keyOf, MissingArtifact, objectKey, type StepCache } from './artifacts.js';
import { hashFile, sha256Of } from './files.js';
import { createLocalCopies, moveInto, withScratch } from './local-copies.js';
import type { Objects } from './objects.js';

/**
 * Artifact store and step cache over objects: `objects/<first two digits>/<sha256>`, `steps/<key>.json`. An artifact is
 * found by its hash alone: what it is kept in may be moved, and a reference from a history cannot lead elsewhere.
 * Writing what is there already writes it anew, which heals it. Objects that are files are read in place.
 * @param uri address of the objects, as references show it
 * @param local directory for scratch, and for copies of what is read as a file where objects are none
 */
export function createArtifactStore(objects: Objects, uri: string, local: string): ArtifactStore & StepCache {
  const copies = createLocalCopies(local);
  const refTo = (sha256: string, bytes: number): ArtifactRef => ({ uri: `${uri}/${keyOf(sha256)}`, sha256, bytes });

  /** @throws PipelineFailure `ArtifactCorrupt` when the bytes are gone or others */
  async function requireIntact(ref: ArtifactRef): Promise<void> {
    const hash = createHash('sha256');
    for await (const chunk of chunks(objects, ref)) hash.update(chunk);
    if (hash.digest('hex') !== ref.sha256) throw corrupt(ref);
  }

  return {
    async put(bytes) {
      const ref = refTo(sha256Of(bytes), bytes.byteLength);
      await objects.put(objectKey(ref), bytes, 'always');
      return ref;
    },

    async putFile(path) {
      const { sha256, bytes } = await hashFile(path);
      const ref = refTo(sha256, bytes);
      const place = objects.path(objectKey(ref));
      if (place === null) {
        await objects.putFile(objectKey(ref), path);
        await copies.take(ref, path);
      } else await moveInto(path, place);
      return ref;
    },

    async get(ref) {
      const found = await objects.get(objectKey(ref));
      if (found === null) throw new MissingArtifact(ref);
      if (sha256Of(found.bytes) !== ref.sha256) throw corrupt(ref);
      return found.bytes;
    },

    async localPath(ref) {
      const path = objects.path(objectKey(ref));
      if (path === null) return copies.path(ref, () => chunks(objects, ref));
      await requireIntact(ref);
      return path;
    },

    async has(ref) {
      try {
        if ((await objects.size(objectKey(ref))) !== ref.bytes) return false;
        await requireIntact(ref);
        return true;
      } catch (error) {
        if (error instanceof PipelineFailure && error.type === 'ArtifactCorrupt') return false;
        throw error;
      }
    },

    withScratch: (use) => withScratch(local, use),

    async read(key) {
      const found = await objects.get(stepKey(key));
      return found === null ? null : decodeStep(Buffer.from(found.bytes).toString('utf8'));
    },

    async write(key, value) {
      await objects.put(stepKey(key), Buffer.from(encodeStep(value)), 'always');
    },
  };
}

async function* chunks(objects: Objects, ref: ArtifactRef): AsyncIterable<Uint8Array> {
  const key = objectKey(ref);
  if ((await objects.size(key)) === null) throw new MissingArtifact(ref);
  yield* objects.open(key);
}

const stepKey = (key: string): string => `steps/${key}.json`;

/** A step's result as it is kept: with its own hash, so that a changed one is known. */
const encodeStep = (value: unknown): string => JSON.stringify({ sha256: sha256Of(JSON.stringify(value)), value });

/** The result, `null` when the text was damaged. */
function decodeStep(text: string): unknown {
  try {
    const { sha256, value } = JSON.parse(text) as { sha256?: string; value?: unknown };
    return sha256 === sha256Of(JSON.stringify(value ?? null)) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
