import { openS3Folder } from '../vendors/aws/open-s3-folder.js';
import type { S3Settings } from '../vendors/aws/s3-settings.js';
import type { ArtifactStore, StepCache } from '../store/artifact-store.js';
import { createFileStore } from '../store/file-store.js';
import { createObjectStore } from '../store/object-store.js';

/** Where artifacts are, as plain data: compute threads open the same store by it. */
export type StoreSettings =
  | { kind: 'files'; root: string }
  /** `local` is a directory for scratch and copies. */
  | { kind: 's3'; uri: string; s3: S3Settings; local: string };

/** The store that settings name. Nothing is read or written yet. */
export const openStoreBy = (settings: StoreSettings): ArtifactStore & StepCache =>
  settings.kind === 'files'
    ? createFileStore(settings.root)
    : createObjectStore(openS3Folder(settings.uri, settings.s3), settings.uri, settings.local);
