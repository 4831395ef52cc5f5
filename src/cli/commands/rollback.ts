import { withClient } from '../../client/connect.js';
import { rollBack } from '../../client/decide.js';
import { watchOf } from '../../client/run-status.js';
import { openProofs } from '../../compose/open-identities.js';
import { openProject } from '../../compose/project.js';
import type { Config } from '../../config/config.js';
import { BY, newCommand } from '../command-table.js';
import { print, typedCommand } from '../output.js';
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

interface Options {
  model: string;
  to?: string;
  function: string | undefined;
  alias: string;
  by?: string;
  because: string;
}

/** 0 when it went back, 5 when the former version failed its own deployment. */
function rollback(config: Config, options: Options): Promise<number> {
  const { to: text, function: functionName = options.model, ...others } = options;
  const wanted = { ...others, functionName, ...(text === undefined ? {} : { to: versionOf(text) }) };
  return withClient(
    config,
    async (client) => {
      const watch = watchOf(config, client, true);
      const result = await rollBack(client, await openProject(config), openProofs(config), wanted, watch);
      const { model, alias } = options;
      if (result.outcome === 'rolled-back') {
        print(`Version ${result.from} of ${model} still serves: ${result.reason}`);
        return 5;
      }
      print(
        `Version ${result.to} of ${model} serves behind ${functionName}:${alias} again, in place of ${result.from}.`,
      );
      return 0;
    },
    { startsRuns: true },
  );
}

function versionOf(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version > 0) return version;
  throw new Error(`--to is not a version: give a number of ${typedCommand('models')}, like 3.`);
}
