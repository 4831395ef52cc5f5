import type { Config } from '../../config/config.js';
import { clearStale, requestStop } from '../../local/state.js';
import { newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('stop')
  .description('stop the local stack')
  .action(run(stop, { ofStack: true, home: false, bucket: false }));

async function stop(config: Config): Promise<number> {
  if (await requestStop(config)) print('Stopped the local stack.');
  else {
    await clearStale(config, print);
    print('No local stack is running.');
  }
  return 0;
}
