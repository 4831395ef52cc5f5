import { withClient } from '../../client/connect.js';
import { type Cancelled, cancelRun } from '../../client/follow.js';
import type { Config } from '../../config/config.js';
import { newCommand } from '../command-table.js';
import { print, typedCommand } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('cancel')
  .description('stop a run, the latest one without an id; what serves keeps serving')
  .argument('[workflow]', 'workflow id')
  .action(run(cancel, { bucket: false }));

function cancel(config: Config, workflowId: string | undefined): Promise<number> {
  return withClient(config, async (client) => {
    print(cancelledText(config.taskQueue, await cancelRun(config, client, workflowId)));
    return 0;
  });
}

function cancelledText(taskQueue: string, { workflowId, state, outcome }: Cancelled): string {
  switch (outcome) {
    case 'over':
      return `${workflowId} is ${state} already.`;
    case 'asked':
      return (
        `Temporal has taken the request to cancel ${workflowId}; no worker answers on task queue ${taskQueue}, ` +
        `so it takes effect when one is back (${typedCommand('stack')}, or ${typedCommand('worker')}).`
      );
    case 'ended':
      return `${workflowId} is ${state}.`;
  }
}
