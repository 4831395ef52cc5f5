#!/usr/bin/env node
import { print } from './cli/output.js';
import { run } from './cli/run-command.js';
import type { Config } from './config/config.js';
import { WORKER_READY } from './local/processes.js';
import { runWorker } from './worker/run-worker.js';

/** The worker process, until it is asked to end: what `npm run worker`, the local stack and the container start. */
async function worker(config: Config): Promise<number> {
  await runWorker(config, () => {
    if (process.send) process.send(WORKER_READY);
    else print('Worker is listening.');
  });
  return 0;
}

void run(worker, { serves: true, bucket: false })();
