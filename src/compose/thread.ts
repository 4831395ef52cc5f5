import { workerData } from 'piscina';
import { PipelineFailure } from '../contracts/failures.js';
import {
  type Location,
  openFingerprintKey,
  openObjectsAt,
  openSecretsBy,
  openStoreBy,
  type StoreLocation,
} from './open-storage.js';
import { loadLearners } from './load-learners.js';
import type { S3Settings } from '../vendors/aws/objects.js';
import type { Answer, Order } from '../compute/pool.js';
import { runTask } from '../compute/tasks/index.js';

/** What the pool gives every thread. */
export interface ThreadSettings {
  store: StoreLocation;
  /** Keys are read from where they are kept: none is ever handed from thread to thread. */
  secrets: Location;
  /** For captures in buckets. */
  s3: S3Settings;
  /** Absolute paths of modules with learners of one's own. */
  learners: string[];
}

const { store: settings, secrets, s3, learners } = workerData as ThreadSettings;
const store = openStoreBy(settings);
const fingerprintKey = () => openFingerprintKey(openSecretsBy(secrets));
const capture = (uri: string) => openObjectsAt({ uri, s3 });
const loaded = loadLearners(learners);
loaded.catch(() => undefined); // the first task tells

/** Entry of a compute thread: runs one task and answers with its output or its named failure. */
export default async function thread({ task, input, progress }: Order): Promise<Answer> {
  try {
    await loaded;
    const report = (message: string) => progress.postMessage(message);
    return { output: await runTask(task, input as never, { store, fingerprintKey, capture, report }) };
  } catch (error) {
    if (error instanceof PipelineFailure) return { failure: { type: error.type, message: error.message } };
    throw error;
  } finally {
    progress.close();
  }
}
