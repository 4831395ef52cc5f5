import { randomUUID } from 'node:crypto';
import { openBucket, openSecrets } from './composition.js';
import type { Config } from './config.js';
import { PipelineFailure } from './contracts/failures.js';
import type { Project } from './contracts/pipeline.js';
import { settleBucket, settleHome } from './store/home-format.js';

/** What identifies a store: an id made when it was first asked for. */
const STORE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Task queue and store of a configuration.
 * @throws PipelineFailure `StorageUnusable` when home or bucket cannot be used, or are of another format
 */
export async function openProject(config: Config): Promise<Project> {
  await settleHome(config.home, config.codeVersion);
  const bucket = openBucket(config);
  if (bucket !== null) await settleBucket(bucket.uri, bucket.objects, config.codeVersion);
  const bytes = await openSecrets(config).getOrMake('store-id', () => new TextEncoder().encode(randomUUID()));
  const store = new TextDecoder().decode(bytes);
  if (!STORE_ID.test(store))
    throw new PipelineFailure(
      'StorageUnusable',
      `The id of the store in ${config.storage.base ?? config.home} is not one: restore keys/store-id from a backup.`,
    );
  return { taskQueue: config.taskQueue, store };
}
