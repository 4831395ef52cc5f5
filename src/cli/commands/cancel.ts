import { withClient } from '../../client/connect.js';
import { cancelRun } from '../../client/follow.js';
import type { Config } from '../../config/config.js';
import { newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('cancel')
  .description('stop a run, the latest one without an id; what serves keeps serving')
  .argument('[workflow]', 'workflow id')
  .action(run(cancel, { bucket: false }));

function cancel(config: Config, workflowId: string | undefined): Promise<number> {
  return withClient(config, async (client) => {
    print(await cancelRun(config, client, workflowId));
    return 0;
  });
}
