import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../contracts/artifact.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { ArtifactStore, StepCache } from './artifact-store.js';
import { hashFile, isMissing, sha256Of, writeFileAtomic } from './files.js';

/** Artifact store and step cache in a directory: `objects/<first two digits>/<sha256>`, `steps/<key>.json`. */
export function createFileStore(root: string): ArtifactStore & StepCache {
  const refTo = (sha256: string, bytes: number): ArtifactRef => ({
    uri: pathToFileURL(join(root, 'objects', sha256.slice(0, 2), sha256)).href,
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
        throw isMissing(error) ? missing(ref, error) : error;
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
        throw isMissing(error) ? missing(ref, error) : error;
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
        const { sha256, value } = JSON.parse(await readFile(stepPath(key), 'utf8')) as {
          sha256?: string;
          value?: unknown;
        };
        return sha256 === sha256Of(JSON.stringify(value ?? null)) ? value : null;
      } catch (error) {
        if (isMissing(error) || error instanceof SyntaxError) return null;
        throw error;
      }
    },

    write: (key, value) =>
      writeFileAtomic(stepPath(key), JSON.stringify({ sha256: sha256Of(JSON.stringify(value)), value })),
  };
  return store;
}

/** Removes what an earlier process left half done. Call only while no other process uses the store. */
export const clearScratch = (root: string): Promise<void> =>
  rm(join(root, 'scratch'), { recursive: true, force: true });

/**
 * An artifact is found by its hash alone, below this store's root: a home may be moved, and a reference from a history
 * cannot lead elsewhere.
 */
function pathWithin(root: string, { sha256, uri }: ArtifactRef): string {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new PipelineFailure(
      'ArtifactCorrupt',
      `The reference to artifact ${uri} has no SHA-256; run again with --no-cache.`,
    );
  return join(root, 'objects', sha256.slice(0, 2), sha256);
}

const missing = (ref: ArtifactRef, cause: unknown) =>
  new PipelineFailure('ArtifactCorrupt', `Artifact ${ref.uri} is gone from the store; run again with --no-cache.`, {
    cause,
  });

const corrupt = (ref: ArtifactRef) =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `Artifact ${ref.uri} does not have its SHA-256 ${ref.sha256.slice(0, 12)}...: its bytes were changed; delete the file and run again with --no-cache.`,
  );
