import { patiently, registryOf } from '../../../client/patience.js';
import { writeOff, type WriteOffOptions } from '../../../client/write-off.js';
import { openRegistry } from '../../../compose/composition.js';
import type { Config } from '../../../config/config.js';
import { newCommand } from '../../command-table.js';
import { print } from '../../output.js';
import { run } from '../../run-command.js';

export const command = newCommand('write-off')
  .description(
    'say that a version whose record is gone is lost for good: its aliases go, and training goes on without it',
  )
  .argument('<version>', 'version number')
  .requiredOption('--model <name>', 'which model')
  .requiredOption('--because <reason>', 'for the log')
  .option('--by <name>', 'who says so, by default the user of the operating system')
  .action(run(act, { writes: true }));

async function act(config: Config, text: string, options: WriteOffOptions): Promise<number> {
  print(await patiently(registryOf(config), writeOff(openRegistry(config), text, options)));
  return 0;
}
