import type { Config } from '../../config/config.js';
import { withFreePorts } from '../../local/addresses.js';
import { withStartLock } from '../../local/ensure.js';
import { runStack } from '../../local/stack.js';
import { findStack } from '../../local/state.js';
import { newCommand, portsOption } from '../command-table.js';
import { print, typedCommand } from '../output.js';
import { run } from '../run-command.js';

const background = newCommand('').createOption('--background', 'started by another command').hideHelp();

export const command = newCommand('stack')
  .description('run the local stack in the foreground')
  .addOption(portsOption())
  .addOption(background)
  .action(run(stack, { serves: true }));

async function stack(given: Config, options: { background?: true; ports?: 'auto' }): Promise<number> {
  const config = options.ports === 'auto' ? await withFreePorts(given) : given;
  const start = async () => ((await findStack(config)) ? null : runStack(config, print));
  const running = await (options.background ? start() : withStartLock(config, start));
  if (running === null) {
    print(`The local stack runs already; stop it with ${typedCommand('stop')}.`);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void running.stop());
  const { ui, lambda, reports, logs } = running.status();
  if (!options.background)
    print(`Local stack is up: Web UI ${ui ?? '-'}, reports ${reports}, Lambda endpoint ${lambda}, logs in ${logs}.`);
  await running.ended;
  return 0;
}
