import type { Config } from '../../config/config.js';
import { WORKER_READY } from '../../local/stack.js';
import { runWorker } from '../../worker/run-worker.js';
import { newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('worker')
  .description('run a worker alone')
  .action(run(worker, { serves: true, bucket: false }));

async function worker(config: Config): Promise<number> {
  await runWorker(config, () => {
    if (process.send) process.send(WORKER_READY);
    else print('Worker is listening.');
  });
  return 0;
}
