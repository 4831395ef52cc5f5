import { type ExportedVersion, type ExportOptions, exportVersion } from '../../../client/models.js';
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
  const sources = [openRegistry(config), openStore(config)] as const;
  print(exportedText(await patiently(registryOf(config), exportVersion(...sources, text, options))));
  return 0;
}

/** Where the files are, and how Python loads them. */
export const exportedText = ({ name, version, directory, files }: ExportedVersion): string =>
  [
    `${name} version ${version} is in ${directory}: ${files.join(', ')}.`,
    '',
    'Python loads it when its requirements.txt is installed; df has the columns of input_example.json:',
    `  import mlflow; mlflow.pyfunc.load_model(${JSON.stringify(directory)}).predict(df)`,
  ].join('\n');
