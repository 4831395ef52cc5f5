import { randomUUID } from 'node:crypto';
import { openBucket, openSecrets } from './composition.js';
import type { Config } from '../config/config.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Project } from '../contracts/names.js';
import { openFingerprintKey } from './open-storage.js';
import { checkBucket, checkHome, settleBucket, settleHome } from '../store/home.js';

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
  return projectOf(
    config,
    await openSecrets(config).getOrMake('store-id', () => new TextEncoder().encode(randomUUID())),
  );
}

/**
 * The same of a store that exists, for workers that may make nothing in it: those for numeric work alone.
 * @throws Error until another worker has made the store and its keys
 */
export async function existingProject(config: Config): Promise<Project> {
  const { home, codeVersion } = config;
  const bucket = openBucket(config);
  const state = await (bucket === null
    ? checkHome(home, codeVersion)
    : checkBucket(bucket.uri, bucket.objects, codeVersion));
  const secrets = openSecrets(config);
  const [id, key] = await Promise.all([secrets.get('store-id'), secrets.get('fingerprint-key')]);
  if (state === 'new' || id === null || key === null)
    throw new Error(
      'It is not there yet; a worker that runs workflows makes it, and this one for numeric work may not.',
    );
  return projectOf(config, id);
}

/** The project of a worker that makes what is missing of the store, its keys included. */
export async function madeProject(config: Config): Promise<Project> {
  const project = await openProject(config);
  await openFingerprintKey(openSecrets(config));
  return project;
}

function projectOf(config: Config, bytes: Uint8Array): Project {
  const store = new TextDecoder().decode(bytes);
  if (!STORE_ID.test(store))
    throw new PipelineFailure(
      'StorageUnusable',
      `The id of the store in ${config.storage.base ?? config.home} is not one: restore keys/store-id from a backup.`,
    );
  return { taskQueue: config.taskQueue, store };
}
