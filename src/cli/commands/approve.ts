import { withClient } from '../../client/connect.js';
import { decide, type DecideOptions } from '../../client/decide.js';
import { openProofs } from '../../compose/open-identities.js';
import type { Config } from '../../config/config.js';
import { BY, newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = decisionCommand('approve', 'let the model that waits be deployed');

/** A command that decides on what waits: both have the same arguments. */
export function decisionCommand(verb: 'approve' | 'reject', what: string) {
  const act = (config: Config, workflowId: string | undefined, options: DecideOptions) =>
    withClient(config, async (client) => {
      const { model, decision } = await decide(client, config.taskQueue, openProofs(config), verb, workflowId, options);
      print(`${model.name} version ${model.version} is ${decision}.`);
      return 0;
    });
  return newCommand(verb)
    .description(what)
    .argument('[workflow]', 'workflow id, the latest run by default')
    .option('--by <name>', BY)
    .requiredOption('--because <reason>', 'why')
    .option('--model <sha256>', 'the model you looked at, 12 digits or more of its hash')
    .action(run(act));
}
