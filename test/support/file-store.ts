import { pathToFileURL } from 'node:url';
import { createArtifactStore } from '../../src/store/artifact-store.js';
import type { ArtifactStore, StepCache } from '../../src/store/artifacts.js';
import { createFileObjects } from '../../src/store/file-objects.js';

/** An artifact store in a directory. */
export const createFileStore = (directory: string): ArtifactStore & StepCache =>
  createArtifactStore(createFileObjects(directory), pathToFileURL(directory).href, directory);
