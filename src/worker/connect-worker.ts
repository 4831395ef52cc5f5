import { NativeConnection } from '@temporalio/worker';
import { unanswered } from '../client/patience.js';
import type { Config } from '../config/config.js';

/** A worker's connection to Temporal. @throws Error with address and remedy */
export async function connectWorker(config: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.temporal.connectionOptions);
  } catch (error) {
    throw await unanswered(config, error);
  }
}
