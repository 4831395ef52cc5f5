import {
  addApprover,
  causeBy,
  type KnownApprovers,
  listApprovers,
  personName,
  removeApprover,
} from '../../client/approvers.js';
import { patiently, registryOf } from '../../client/patience.js';
import { openApprovers, openProofs } from '../../compose/open-identities.js';
import type { Config } from '../../config/config.js';
import { shownBy } from '../../contracts/identity.js';
import { printableAll, secondText } from '../../contracts/text.js';
import { readPublicKey } from '../../registry/signing-keys.js';
import { newCommand } from '../command-table.js';
import { note, print, typedCommand } from '../output.js';
import { run } from '../run-command.js';
import { logTable, tableOf } from '../text/tables.js';

export const command = newCommand('approvers').description(
  'persons whose signed decisions count: list, add, or remove their keys',
);

interface AddOptions {
  publicKey?: string;
  because: string;
}

command
  .command('list', { isDefault: true })
  .description('names, keys, and who enrolled them')
  .option('--json', 'print JSON')
  .action(run(list));

command
  .command('add')
  .description('enrol a key: your own, made when there is none on this machine, or the public one of somebody else')
  .argument('<name>', 'whose key it is')
  .option('--public-key <file>', 'PEM, or base64 of its 32 bytes, as add prints it')
  .option('--because <reason>', 'why', 'enrolled by hand')
  .action(run(add, { writes: true }));

command
  .command('remove')
  .description('take a key away: what it signed stays, it signs no more')
  .argument('<name>', 'whose key it is')
  .option('--because <reason>', 'why', 'removed by hand')
  .action(run(remove, { writes: true }));

const sourcesOf = (config: Config) => ({ approvers: openApprovers(config), keys: openProofs(config).keys });

async function list(config: Config, options: { json?: true }): Promise<number> {
  const found = await patiently(registryOf(config), listApprovers(sourcesOf(config)));
  print(options.json ? JSON.stringify(found.known) : approversText(printableAll(found)));
  return 0;
}

async function add(config: Config, name: string, options: AddOptions): Promise<number> {
  personName(name);
  const cause = await patiently('AWS STS', causeBy(openProofs(config), options.because));
  const given = options.publicKey === undefined ? undefined : await readPublicKey(options.publicKey);
  const added = await patiently(registryOf(config), addApprover(sourcesOf(config), name, cause, given));
  if (added.privateKey !== null) {
    const { file, made } = added.privateKey;
    note(`${made ? 'Made' : 'Found'} the private key ${file}: keep it, and show it nobody.`);
  }
  print(`What ${name} signs counts: ${added.publicKey}`);
  return 0;
}

async function remove(config: Config, name: string, options: { because: string }): Promise<number> {
  const cause = await patiently('AWS STS', causeBy(openProofs(config), options.because));
  await patiently(registryOf(config), removeApprover(sourcesOf(config), name, cause));
  print(`What ${name} signs counts no more; what was signed stays in the log.`);
  return 0;
}

/** Whose signatures count, and the log of that. */
function approversText({ known, log, own }: KnownApprovers): string {
  if (log.length === 0)
    return `Nobody has a key yet: ${typedCommand('approvers', 'add', 'NAME')} makes one, and what it signs is proved.`;
  const table = tableOf(['name', 'public key', 'since (UTC)', 'enrolled by', 'private key']);
  for (const { name, publicKey, since, cause } of known)
    table.push([
      name,
      publicKey,
      secondText(since),
      shownBy(cause.by, cause.proof),
      own.includes(name) ? 'on this machine' : 'elsewhere',
    ]);
  return `${known.length === 0 ? 'Nobody has a key now.' : table.toString()}\n\n${logTable('approvers', log)}`;
}
