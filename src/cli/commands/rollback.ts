import { withClient } from '../../client/connect.js';
import { rollBack, type RollbackOptions } from '../../client/rollback.js';
import { watchOf } from '../../client/watch-run.js';
import { openProofs } from '../../compose/open-identities.js';
import { openProject } from '../../compose/project.js';
import type { Config } from '../../config/config.js';
import { BY, newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('rollback')
  .description('let a version serve again that served before')
  .requiredOption('--model <name>', 'which model')
  .option('--to <version>', 'which version, the one before the present by default')
  .option('--function <name>', 'function it serves behind, named after the model by default')
  .option('--alias <name>', 'alias of the function', 'live')
  .option('--by <name>', BY)
  .option('--because <reason>', 'why', 'rolled back by hand')
  .action(run(rollback));

function rollback(config: Config, options: RollbackOptions): Promise<number> {
  return withClient(config, async (client) => {
    const watch = watchOf(config, client, true);
    const { text, code } = await rollBack(client, await openProject(config), openProofs(config), options, watch);
    print(text);
    return code;
  });
}
