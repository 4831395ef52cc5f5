import { runStatus, type RunStatus } from '../../client/run-status.js';
import { withClient } from '../../client/connect.js';
import type { Config } from '../../config/config.js';
import { printableAll } from '../../contracts/text.js';
import { newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('status')
  .description('how far a run is, the latest one without an id')
  .argument('[workflow]', 'workflow id')
  .option('--json', 'print JSON')
  .action(run(status, { bucket: false }));

function status(config: Config, workflowId: string | undefined, options: { json?: true }): Promise<number> {
  return withClient(config, async (client) => {
    const found = await runStatus(config, client, workflowId);
    print(options.json ? JSON.stringify(found) : statusText(found));
    return 0;
  });
}

/** A run's status for people. */
function statusText(status: RunStatus): string {
  const { workflowId, state, answeredBy, notes, attributes, stages = [] } = printableAll(status);
  const ended = state === 'RUNNING' ? null : state.toLowerCase();
  const byRecords = answeredBy === 'records' && stages.length === 0;
  return [
    `${workflowId}  ${state.toLowerCase()}`,
    ...notes,
    ...(byRecords ? [`By the server's records:${Object.keys(attributes).length === 0 ? ' nothing yet' : ''}`] : []),
    ...(byRecords ? Object.entries(attributes).map(([name, value]) => `  ${name.padEnd(13)} ${value}`) : []),
    ...stages.map(
      ({ stage, state, found }) => `  ${stage.padEnd(9)} ${found || (state === 'running' ? (ended ?? state) : state)}`,
    ),
  ].join('\n');
}
