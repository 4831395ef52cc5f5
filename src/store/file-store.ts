import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../contracts/artifact.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ArtifactStore, StepCache } from './artifact-store.js';
import { corrupt, keyOf, MissingArtifact, objectKey } from './artifacts.js';
import { hashFile, isMissing, sha256Of, writeFileAtomic } from './files.js';
import { withScratch } from './scratch.js';
import { decodeStep, encodeStep } from './steps.js';

/** Artifact store and step cache in a directory: `objects/<first two digits>/<sha256>`, `steps/<key>.json`. */
export function createFileStore(root: string): ArtifactStore & StepCache {
  const refTo = (sha256: string, bytes: number): ArtifactRef => ({
    uri: pathToFileURL(join(root, keyOf(sha256))).href,
    sha256,
    bytes,
  });
  const stepPath = (key: string) => join(root, 'steps', `${key}.json`);

  const store: ArtifactStore & StepCache = {
    async put(bytes) {
      const ref = refTo(sha256Of(bytes), bytes.byteLength);
      if (!(await store.has(ref))) await writeFileAtomic(pathWithin(root, ref), bytes);
      return ref;
    },

    async putFile(path) {
      const { sha256, bytes } = await hashFile(path);
      const ref = refTo(sha256, bytes);
      if (await store.has(ref)) {
        await rm(path);
      } else {
        const target = pathWithin(root, ref);
        await mkdir(dirname(target), { recursive: true });
        await rename(path, target);
      }
      return ref;
    },

    async get(ref) {
      const path = pathWithin(root, ref);
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (error) {
        throw isMissing(error) ? new MissingArtifact(ref, { cause: error }) : error;
      }
      if (sha256Of(bytes) !== ref.sha256) throw corrupt(ref);
      return bytes;
    },

    async localPath(ref) {
      const path = pathWithin(root, ref);
      let found: { sha256: string };
      try {
        found = await hashFile(path);
      } catch (error) {
        throw isMissing(error) ? new MissingArtifact(ref, { cause: error }) : error;
      }
      if (found.sha256 !== ref.sha256) throw corrupt(ref);
      return path;
    },

    async has(ref) {
      try {
        const path = pathWithin(root, ref);
        if ((await stat(path)).size !== ref.bytes) return false;
        return (await hashFile(path)).sha256 === ref.sha256;
      } catch (error) {
        if (isMissing(error) || error instanceof PipelineFailure) return false;
        throw error;
      }
    },

    withScratch: (use) => withScratch(root, use),

    async read(key) {
      try {
        return decodeStep(await readFile(stepPath(key), 'utf8'));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    write: (key, value) => writeFileAtomic(stepPath(key), encodeStep(value)),
  };
  return store;
}

/**
 * An artifact is found by its hash alone, below this store's root: a home may be moved, and a reference from a history
 * cannot lead elsewhere.
 */
const pathWithin = (root: string, ref: ArtifactRef): string => join(root, objectKey(ref));
