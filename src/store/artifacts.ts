import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PipelineFailure } from '../contracts/failures.js';
import { shortDigest } from '../contracts/text.js';
import type { ArtifactRef } from '../contracts/values.js';
import { hashFile, isMissing, OWNER_ONLY, sha256Of } from './files.js';
import type { Objects } from './objects.js';

/**
 * Bytes under their own hash. Writing the same bytes twice gives the same reference; reading checks the hash and
 * throws `ArtifactCorrupt` when bytes are missing or differ.
 */
export interface ArtifactStore {
  put(bytes: Uint8Array): Promise<ArtifactRef>;
  /** Stores a file by moving it where possible; the path is gone afterwards. */
  putFile(path: string): Promise<ArtifactRef>;
  get(ref: ArtifactRef): Promise<Uint8Array>;
  /** A local path holding the checked bytes, for readers that need a file. Read only. */
  localPath(ref: ArtifactRef): Promise<string>;
  /** Whether the bytes are there and intact. */
  has(ref: ArtifactRef): Promise<boolean>;
  /** A fresh directory for partial output, removed with all it holds when `use` settles. */
  withScratch<T>(use: (directory: string) => Promise<T>): Promise<T>;
}

/** Results of finished steps by the hash of their inputs. A missing entry is a reason to compute, never an error. */
export interface StepCache {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

/** Where a store keeps bytes with this SHA-256. */
const keyOf = (sha256: string): string => `objects/${sha256.slice(0, 2)}/${sha256}`;

/** Where a store keeps an artifact. @throws PipelineFailure `ArtifactCorrupt` for a reference without a hash */
function objectKey({ sha256, uri }: ArtifactRef): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return keyOf(sha256);
  throw new PipelineFailure(
    'ArtifactCorrupt',
    `The reference to artifact ${uri} has no SHA-256; run again with --no-cache.`,
  );
}

/** What a store throws for an artifact that it does not have; one that was changed is another matter. */
export class MissingArtifact extends PipelineFailure {
  constructor({ uri }: ArtifactRef) {
    super('ArtifactCorrupt', `Artifact ${uri} is gone from the store; run again with --no-cache.`);
  }
}

/** What a store throws for an artifact that was changed. */
const corrupt = (ref: ArtifactRef) =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `Artifact ${ref.uri} does not have its SHA-256 ${shortDigest(ref.sha256)}...: its bytes were changed; delete it and run again with --no-cache.`,
  );

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

/** Copies beyond this many bytes go, longest unused first; those used within the last hour stay, a reader may have them. */
const KEEP = { bytes: 8 * 2 ** 30, ms: 60 * 60_000 } as const;

/** Copies of artifacts as local files, for readers that need a file. Their bytes are checked at every use. */
export function createLocalCopies(root: string, keep: { bytes: number; ms: number } = KEEP) {
  const pathOf = (ref: ArtifactRef) => join(root, objectKey(ref));

  return {
    /** The path of a copy; `read` gives the bytes when there is none or a damaged one. @throws `ArtifactCorrupt` */
    async path(ref: ArtifactRef, read: () => AsyncIterable<Uint8Array>): Promise<string> {
      const path = pathOf(ref);
      if (await isIntact(path, ref)) {
        await utimes(path, new Date(), new Date());
        return path;
      }
      await withScratch(root, async (directory) => {
        const partial = join(directory, 'copy');
        await pipeline(read(), createWriteStream(partial, { mode: OWNER_ONLY.file }));
        if (!(await isIntact(partial, ref))) throw corrupt(ref);
        await moveInto(partial, path);
      });
      await prune(join(root, 'objects'), keep);
      return path;
    },

    /** Takes a file away: it is the copy from now on. */
    take: (ref: ArtifactRef, path: string): Promise<void> => moveInto(path, pathOf(ref)),
  };
}

/** Whether a file is there and has the bytes of an artifact. */
async function isIntact(path: string, ref: ArtifactRef): Promise<boolean> {
  try {
    return (await hashFile(path)).sha256 === ref.sha256;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Moves a file to a place below folders that need not be there yet. */
async function moveInto(path: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await rename(path, target);
}

async function prune(directory: string, { bytes, ms }: { bytes: number; ms: number }): Promise<void> {
  const files: { path: string; size: number; used: number }[] = [];
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null); // another process may have removed it
    if (found?.isFile()) files.push({ path, size: found.size, used: found.mtimeMs });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size, used } of files.sort((a, b) => a.used - b.used)) {
    if (total <= bytes || Date.now() - used < ms) return;
    await rm(path, { force: true });
    total -= size;
  }
}

/** A fresh directory below `root/scratch`, removed with all it holds when `use` settles. */
async function withScratch<T>(root: string, use: (directory: string) => Promise<T>): Promise<T> {
  await mkdir(join(root, 'scratch'), { recursive: true });
  const directory = await mkdtemp(join(root, 'scratch', 'step-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what an earlier process left half done. Call only while no other process uses the store. */
export const clearScratch = (root: string): Promise<void> =>
  rm(join(root, 'scratch'), { recursive: true, force: true });
