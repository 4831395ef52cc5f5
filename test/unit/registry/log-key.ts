import { createLogKey, createSecretSigner } from '../../../src/registry/log-key.js';
import { createSecrets, type SecretStore } from '../../../src/store/secrets.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';

/** Secrets of a store that is gone with the process. */
export const memorySecrets = (): SecretStore => createSecrets(createMemoryObjects());

/** A key of its own; all registries of one test that share a log take the same. */
export const newLogKey = (trusted: string[] = []) => createLogKey(createSecretSigner(memorySecrets()), trusted);

/** The key of all that do not care. */
export const logKey = newLogKey();
