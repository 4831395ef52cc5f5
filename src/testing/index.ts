/** The library's subpath for tests of projects with learners, sinks and registries of their own. */
import { createLogKey, createSecretSigner } from '../registry/log-key.js';
import type { ModelRegistry } from '../registry/registry.js';
import { createRegistry } from '../registry/stored-registry.js';
import type { Objects } from '../store/objects.js';
import { createSecrets } from '../store/secrets.js';
import { createMemoryObjects } from './memory-objects.js';

export { checkLearner } from './check-learner.js';
export { createMemoryObjects };
export type { ModelRegistry, Objects };

/** A registry that ends with the test, whose log is signed by a key of its own. @param objects where it is kept */
export const createMemoryRegistry = (
  objects: Objects = createMemoryObjects(),
  now: () => Date = () => new Date(),
): ModelRegistry =>
  createRegistry(objects, now, createLogKey(createSecretSigner(createSecrets(createMemoryObjects())), []));
