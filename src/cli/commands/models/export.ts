import { type ExportOptions, exportVersion } from '../../../client/export-version.js';
import { patiently, registryOf } from '../../../client/patience.js';
import { openRegistry, openStore } from '../../../compose/composition.js';
import type { Config } from '../../../config/config.js';
import { MODEL, newCommand, VERSION } from '../../command-table.js';
import { print } from '../../output.js';
import { run } from '../../run-command.js';

export const command = newCommand('export')
  .description('write model.json, ONNX and what MLflow needs to load it into a directory')
  .argument('<version>', VERSION)
  .requiredOption('--to <directory>', 'a new or empty one')
  .option(...MODEL)
  .action(run(exportTo));

async function exportTo(config: Config, text: string, options: ExportOptions): Promise<number> {
  print(await patiently(registryOf(config), exportVersion(openRegistry(config), openStore(config), text, options)));
  return 0;
}
