import { patiently, registryOf } from '../../../client/patience.js';
import { writeOff, type WriteOffOptions, type WrittenOff } from '../../../client/models.js';
import { openRegistry } from '../../../compose/composition.js';
import type { Config } from '../../../config/config.js';
import { newCommand } from '../../command-table.js';
import { print, typedCommand } from '../../output.js';
import { run } from '../../run-command.js';

export const command = newCommand('write-off')
  .description(
    'say that a version whose record is gone is lost for good: its aliases go, and training goes on without it',
  )
  .argument('<version>', 'version number')
  .requiredOption('--model <name>', 'which model')
  .requiredOption('--because <reason>', 'for the log')
  .option('--by <name>', 'who says so, by default the user of the operating system')
  .action(run(act, { writes: true }));

async function act(config: Config, text: string, options: WriteOffOptions): Promise<number> {
  const lost = writeOff(openRegistry(config), lostVersion(text), options);
  print(writtenOffText(await patiently(registryOf(config), lost)));
  return 0;
}

export function lostVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version > 0) return version;
  throw new Error(
    `What is written off is no version number: give one that ${typedCommand('models')} calls gone, like 3.`,
  );
}

export function writtenOffText({ model, version, aliases }: WrittenOff): string {
  const taken = aliases.length === 0 ? '' : ` It was ${aliases.join(' and ')}, which is now no version.`;
  return `Version ${version} of ${model} is written off.${taken} What serves keeps serving.`;
}
