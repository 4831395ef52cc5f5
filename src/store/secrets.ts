import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineFailure } from '../contracts/failures.js';
import { isMissing } from './files.js';
import type { Objects } from './objects.js';

/**
 * Small secrets of one store, each made once: the key of row fingerprints, the key that signs entries of logs and its public
 * half, what the store is known by, and what proves that its owner said something. They stay beside the store's data and
 * are never uploaded, printed, or put in a history.
 */
export type SecretName = 'fingerprint-key' | 'log-signing-key' | 'log-verifying-key' | 'store-id' | 'os-user-key';

export interface SecretStore {
  /** The bytes kept under a name, `null` for none. @throws PipelineFailure `StorageUnusable` when it cannot be read */
  get(name: SecretName): Promise<Uint8Array | null>;
  /**
   * The bytes kept under a name; where there are none, what `make` gives is kept. Whoever asks at the same time gets the same.
   * @throws PipelineFailure `StorageUnusable` when it can be neither read nor written
   */
  getOrMake(name: SecretName, make: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Who owns the home may read and write them; nobody else. */
const OWNER_FILE = 0o600;
const OWNER_FOLDER = 0o700;

/** Secrets as files of a folder that only its owner can open. */
export function createFileSecrets(folder: string): SecretStore {
  const at = async <T>(name: SecretName, operation: (path: string) => Promise<T>): Promise<T> => {
    const path = join(folder, name);
    try {
      return await operation(path);
    } catch (cause) {
      throw cause instanceof PipelineFailure ? cause : unusable(path, cause);
    }
  };
  return {
    get: (name) => at(name, present),
    getOrMake: (name, make) => at(name, async (path) => (await present(path)) ?? keep(folder, path, await make())),
  };
}

/** Secrets as objects of a folder of a bucket, whose policy says who may read them. */
export function createObjectSecrets(objects: Objects): SecretStore {
  return {
    get: async (name) => (await objects.get(name))?.bytes ?? null,
    async getOrMake(name, make) {
      const known = await objects.get(name);
      if (known !== null) return known.bytes;
      const made = await make();
      if ((await objects.put(name, made, 'when-absent')) !== null) return made;
      const rivals = await objects.get(name);
      if (rivals === null) throw unusable(name);
      return rivals.bytes;
    },
  };
}

async function present(path: string): Promise<Uint8Array | null> {
  try {
    const bytes = await readFile(path);
    await chmod(path, OWNER_FILE);
    return new Uint8Array(bytes);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A link takes the name only where nobody has it, and only whole. */
async function keep(folder: string, path: string, bytes: Uint8Array): Promise<Uint8Array> {
  await mkdir(folder, { recursive: true, mode: OWNER_FOLDER });
  await chmod(folder, OWNER_FOLDER);
  const partial = `${path}.${randomUUID()}.partial`;
  const file = await open(partial, 'wx', OWNER_FILE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(partial, { force: true });
  }
  return new Uint8Array(await readFile(path));
}

const unusable = (place: string, cause?: unknown): PipelineFailure =>
  new PipelineFailure(
    'StorageUnusable',
    `The key ${place} can be neither read nor made (${(cause as NodeJS.ErrnoException | undefined)?.code ?? 'gone again'}); let the user who runs this own its folder.`,
    { cause },
  );
