import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../contracts/artifact.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ArtifactStore, StepCache } from './artifact-store.js';
import { hashFile, isMissing, sha256Of, writeFileAtomic } from './files.js';

/** Artifact store and step cache in a directory: `objects/<first two digits>/<sha256>`, `steps/<key>.json`. */
export function createFileStore(root: string): ArtifactStore & StepCache {
  const objectPath = (sha256: string) => join(root, 'objects', sha256.slice(0, 2), sha256);
  const refTo = (sha256: string, bytes: number): ArtifactRef => ({
    uri: pathToFileURL(objectPath(sha256)).href,
    sha256,
    bytes,
  });
  const stepPath = (key: string) => join(root, 'steps', `${key}.json`);

  const store: ArtifactStore & StepCache = {
    async put(bytes) {
      const ref = refTo(sha256Of(bytes), bytes.byteLength);
      if (!(await store.has(ref))) await writeFileAtomic(objectPath(ref.sha256), bytes);
      return ref;
    },

    async putFile(path) {
      const { sha256, bytes } = await hashFile(path);
      const ref = refTo(sha256, bytes);
      if (await store.has(ref)) {
        await rm(path);
      } else {
        await mkdir(join(objectPath(sha256), '..'), { recursive: true });
        await rename(path, objectPath(sha256));
      }
      return ref;
    },

    async get(ref) {
      const path = pathWithin(root, ref);
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (error) {
        throw isMissing(error) ? missing(ref) : error;
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
        throw isMissing(error) ? missing(ref) : error;
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

    async withScratch(use) {
      await mkdir(join(root, 'scratch'), { recursive: true });
      const directory = await mkdtemp(join(root, 'scratch', 'step-'));
      try {
        return await use(directory);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },

    async read(key) {
      try {
        return JSON.parse(await readFile(stepPath(key), 'utf8')) as unknown;
      } catch (error) {
        if (isMissing(error) || error instanceof SyntaxError) return null;
        throw error;
      }
    },

    write: (key, value) => writeFileAtomic(stepPath(key), JSON.stringify(value)),
  };
  return store;
}

/** Removes what an earlier process left half done. Call only while no other process uses the store. */
export const clearScratch = (root: string): Promise<void> =>
  rm(join(root, 'scratch'), { recursive: true, force: true });

/** References come from histories; one that points elsewhere is refused rather than followed. */
function pathWithin(root: string, ref: ArtifactRef): string {
  const objects = pathToFileURL(join(root, 'objects')).href;
  if (!ref.uri.startsWith(`${objects}/`) || !/^[0-9a-f]{64}$/.test(ref.sha256))
    throw new PipelineFailure(
      'ArtifactCorrupt',
      `Artifact ${ref.uri} is not in the store at ${root}; start the worker with the store the run was begun with.`,
    );
  return fileURLToPath(ref.uri);
}

const missing = (ref: ArtifactRef) =>
  new PipelineFailure('ArtifactCorrupt', `Artifact ${ref.uri} is gone from the store; run again with --no-cache.`);

const corrupt = (ref: ArtifactRef) =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `Artifact ${ref.uri} does not have its SHA-256 ${ref.sha256.slice(0, 12)}...: its bytes were changed; delete the file and run again with --no-cache.`,
  );
