import { createFileSource } from '../capture/file-source.js';
import { createObjectSource } from '../capture/object-source.js';
import type { PrunableCapture } from '../capture/source.js';
import { openS3Folder } from '../vendors/aws/open-s3-folder.js';
import type { S3Settings } from '../vendors/aws/s3-settings.js';

/** The capture at a `file:` or `s3:` URI. @throws Error for another one */
export const openCaptureBy = (uri: string, s3: S3Settings): PrunableCapture =>
  uri.startsWith('s3:') ? createObjectSource(openS3Folder(uri, s3)) : createFileSource(uri);
