import type { ArtifactRef } from '../contracts/artifact.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ArtifactStore, StepCache } from './artifact-store.js';
import { corrupt, keyOf, MissingArtifact, objectKey } from './artifacts.js';
import { hashFile, sha256Of } from './files.js';
import { createLocalCopies } from './local-copies.js';
import type { Objects } from './objects.js';
import { withScratch } from './scratch.js';
import { decodeStep, encodeStep } from './steps.js';

/**
 * Artifact store and step cache in a bucket: `objects/<first two digits>/<sha256>`, `steps/<key>.json`. Writing what is
 * there already writes it anew, which heals it.
 * @param uri address of the objects, as references show it
 * @param local directory for scratch and for copies of what is read as a file
 */
export function createObjectStore(objects: Objects, uri: string, local: string): ArtifactStore & StepCache {
  const copies = createLocalCopies(local);
  const refTo = (sha256: string, bytes: number): ArtifactRef => ({ uri: `${uri}/${keyOf(sha256)}`, sha256, bytes });
  const stepKey = (key: string) => `steps/${key}.json`;

  const get: ArtifactStore['get'] = async (ref) => {
    const found = await objects.get(objectKey(ref));
    if (found === null) throw new MissingArtifact(ref);
    if (sha256Of(found.bytes) !== ref.sha256) throw corrupt(ref);
    return found.bytes;
  };

  return {
    get,

    async put(bytes) {
      const ref = refTo(sha256Of(bytes), bytes.byteLength);
      await objects.put(objectKey(ref), bytes, 'always');
      return ref;
    },

    async putFile(path) {
      const { sha256, bytes } = await hashFile(path);
      const ref = refTo(sha256, bytes);
      await objects.putFile(objectKey(ref), path);
      await copies.take(ref, path);
      return ref;
    },

    localPath: (ref) => copies.path(ref, () => chunks(objects, ref)),

    async has(ref) {
      try {
        const key = objectKey(ref);
        if ((await objects.size(key)) !== ref.bytes) return false;
        await get(ref);
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
