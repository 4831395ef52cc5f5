import { newCommand } from '../../command-table.js';
import { typedCommand } from '../../output.js';
import { run } from '../../run-command.js';

export const command = newCommand('import')
  .description('not possible: versions come from runs alone')
  .argument('[file]', 'a model made elsewhere')
  .action(run(refuse));

/** With the reason, and what to do instead. */
function refuse(): Promise<number> {
  throw new Error(
    `A model cannot be imported: every version comes from a run, so that its data, its measurements and its gate are known; write a definition that trains it and run ${typedCommand('start-pipeline', '--definition', 'FILE')}.`,
  );
}
