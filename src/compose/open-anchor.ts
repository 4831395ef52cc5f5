import type { Config } from '../config/config.js';
import { createMlflowClient } from '../vendors/mlflow/client.js';
import { type Anchor, createAnchor, keptObjects, type KeptObjects } from '../registry/stored-anchor.js';
import { createMlflowAnchor } from '../vendors/mlflow/registry/anchor.js';
import { openS3Folder } from '../vendors/aws/open-s3.js';
import { parseS3Uri } from '../vendors/aws/settings.js';
import { createFileObjects } from '../store/file-objects.js';

/** Where heads of logs are kept apart from the registry, `null` where `MLOPS_ANCHOR` names no place. */
export function openAnchor({ ledger: { anchor }, storage }: Config): Anchor | null {
  const now = () => new Date();
  if (anchor === null) return null;
  if (anchor.kind === 'file') return createAnchor(keptObjects(createFileObjects(anchor.path)), anchor.path);
  if (anchor.kind === 'mlflow') return createMlflowAnchor(createMlflowClient(anchor.server), anchor.server.uri, now);
  const { uri, days } = anchor;
  const objects = openS3Folder(uri, storage.s3);
  // The SDK is loaded with the first use.
  const keep: KeptObjects['keep'] = async (key, bytes) => {
    const [{ createS3Client }, { createS3Anchor }] = await Promise.all([
      import('../vendors/aws/s3-objects.js'),
      import('../vendors/aws/s3-anchor.js'),
    ]);
    await createS3Anchor(createS3Client(storage.s3), parseS3Uri(uri)!, objects, { days, now }).keep(key, bytes);
  };
  return createAnchor({ ...keptObjects(objects), keep }, uri);
}
