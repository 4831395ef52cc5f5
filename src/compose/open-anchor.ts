import type { Config } from '../config/config.js';
import { createMlflowClient } from '../vendors/mlflow/client.js';
import type { Anchor } from '../registry/anchor.js';
import { createFileAnchor } from '../registry/file-anchor.js';
import { createMlflowAnchor } from '../vendors/mlflow/registry/anchor.js';
import { createObjectAnchor } from '../registry/object-anchor.js';
import { openS3Folder } from '../vendors/aws/open-s3.js';
import type { KeptObjects } from '../store/kept-objects.js';
import { parseS3Uri } from '../vendors/aws/settings.js';

/** Where heads of logs are kept apart from the registry, `null` where `MLOPS_ANCHOR` names no place. */
export function openAnchor({ ledger: { anchor }, storage }: Config): Anchor | null {
  const now = () => new Date();
  if (anchor === null) return null;
  if (anchor.kind === 'file') return createFileAnchor(anchor.path);
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
  return createObjectAnchor({ list: (prefix) => objects.list(prefix), get: (key) => objects.get(key), keep }, uri);
}
