import { patiently, registryOf } from '../../client/patience.js';
import { describeForgotten, type Forgotten, forget, type ForgetOptions } from '../../client/captures.js';
import { openCapture, openRegistry } from '../../compose/composition.js';
import type { Config } from '../../config/config.js';
import { LEFT_ON_AWS, newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('forget')
  .description('remove what is captured of a prediction, labels too, and write down that it was done')
  .requiredOption('--id <prediction id>', 'the id that its answer had')
  .option('--by <name>', 'who asks for it, your user name by default')
  .option('--because <reason>', 'why', 'removed on request')
  .action(run(act, { writes: true }));

async function act(config: Config, options: ForgetOptions): Promise<number> {
  const places = { capture: openCapture(config), registry: openRegistry(config) };
  print(forgottenText(await patiently(`${config.captureUri} and ${registryOf(config)}`, forget(places, options))));
  if (config.captureUri.startsWith('s3:')) print(LEFT_ON_AWS);
  return 0;
}

/** What was removed, in a sentence for each model. */
export function forgottenText(forgotten: Forgotten[]): string {
  if (forgotten.length === 0) return 'Nothing is captured of this prediction; nothing was removed.';
  return forgotten
    .map((removed) => `${describeForgotten(removed)}; its log says so, with the SHA-256 of the id alone.`)
    .join('\n');
}
