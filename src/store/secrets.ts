import { chmod } from 'node:fs/promises';
import { PipelineFailure } from '../contracts/failures.js';
import { OWNER_ONLY } from './files.js';
import type { Objects } from './objects.js';

/**
 * Small secrets of one store, each made once: the key of row fingerprints, the key that signs entries of logs and its public
 * half, what the store is known by, and what proves that its owner said something. They stay beside the store's data and
 * are never uploaded, printed, or put in a history.
 */
export type SecretName = 'fingerprint-key' | 'log-signing-key' | 'log-verifying-key' | 'store-id' | 'os-user-key';

/** Where the secrets of a store are kept. */
export interface SecretStore {
  /** The bytes kept under a name, `null` for none. @throws PipelineFailure `StorageUnusable` when it cannot be read */
  get(name: SecretName): Promise<Uint8Array | null>;
  /**
   * The bytes kept under a name; where there are none, what `make` gives is kept. Whoever asks at the same time gets the same.
   * @throws PipelineFailure `StorageUnusable` when it can be neither read nor written
   */
  getOrMake(name: SecretName, make: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Secrets as objects of a folder: files that only their owner can read, or what the policy of a bucket lets read. */
export function createSecrets(objects: Objects): SecretStore {
  const at = async <T>(name: SecretName, operation: () => Promise<T>): Promise<T> => {
    try {
      return await operation();
    } catch (cause) {
      const path = objects.path(name);
      // What a bucket refuses says what helps, or may be tried again.
      throw path === null || cause instanceof PipelineFailure ? cause : unusable(path, cause);
    }
  };

  async function present(name: SecretName): Promise<Uint8Array | null> {
    const found = await objects.get(name);
    const path = objects.path(name);
    if (found !== null && path !== null) await chmod(path, OWNER_ONLY.file);
    return found?.bytes ?? null;
  }

  async function make(name: SecretName, made: Uint8Array): Promise<Uint8Array> {
    if ((await objects.put(name, made, 'when-absent')) !== null) return new Uint8Array(made);
    const rivals = await present(name);
    if (rivals === null) throw unusable(objects.path(name) ?? name);
    return rivals;
  }

  return {
    get: (name) => at(name, () => present(name)),
    getOrMake: (name, from) => at(name, async () => (await present(name)) ?? make(name, await from())),
  };
}

const unusable = (place: string, cause?: unknown): PipelineFailure =>
  new PipelineFailure(
    'StorageUnusable',
    `The key ${place} can be neither read nor made (${(cause as NodeJS.ErrnoException | undefined)?.code ?? 'gone again'}); let the user who runs this own its folder.`,
    { cause },
  );
