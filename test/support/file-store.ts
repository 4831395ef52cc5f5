import { pathToFileURL } from 'node:url';
import { createArtifactStore, type ArtifactStore, type StepCache } from '../../src/store/artifacts.js';
import { createFileObjects } from '../../src/store/file-objects.js';

/** An artifact store in a directory. */
export const createFileStore = (directory: string): ArtifactStore & StepCache =>
  createArtifactStore(createFileObjects(directory), pathToFileURL(directory).href, directory);
