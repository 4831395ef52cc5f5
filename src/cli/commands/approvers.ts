import { patiently, registryOf } from '../../client/patience.js';
import { openApprovers, openProofs } from '../../compose/open-identities.js';
import type { Config } from '../../config/config.js';
import { POLICY, shownBy } from '../../contracts/identity.js';
import { lineFault, printableAll, secondText } from '../../contracts/text.js';
import { PERSON, publicKeyOf, readPublicKey } from '../../identity/signing-keys.js';
import type { Approver } from '../../registry/approvers.js';
import type { Cause, LogEntry } from '../../registry/registry.js';
import { newCommand } from '../command-table.js';
import { note, print } from '../output.js';
import { run } from '../run-command.js';
import { logTable } from '../text/log-table.js';
import { tableOf } from '../text/tables.js';

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

async function list(config: Config, options: { json?: true }): Promise<number> {
  const approvers = openApprovers(config);
  const known = await patiently(registryOf(config), approvers.list());
  const own = await openProofs(config).keys.names();
  const shown = printableAll({ known, log: await patiently(registryOf(config), approvers.log()) });
  print(options.json ? JSON.stringify(known) : approversText(shown.known, shown.log, own));
  return 0;
}

async function add(config: Config, name: string, options: AddOptions): Promise<number> {
  if (!PERSON.test(name) || name === POLICY)
    throw new Error(
      'This is no name for a key: give 1 to 64 letters from A to Z, digits, spaces, and . _ @ -, with a letter or digit first.',
    );
  const approvers = openApprovers(config);
  const { keys } = openProofs(config);
  const cause = await causeBy(config, options.because);
  if (options.publicKey !== undefined) {
    const publicKey = await readPublicKey(options.publicKey);
    await patiently(registryOf(config), approvers.add(name, publicKey, cause));
    print(`What ${name} signs counts: ${publicKey}`);
    return 0;
  }
  const { key, made } = await keys.getOrMake(name);
  await patiently(registryOf(config), approvers.add(name, publicKeyOf(key), cause));
  note(`${made ? 'Made' : 'Found'} the private key ${keys.fileOf(name)}: keep it, and show it nobody.`);
  print(`What ${name} signs counts: ${publicKeyOf(key)}`);
  return 0;
}

async function remove(config: Config, name: string, options: { because: string }): Promise<number> {
  const cause = await causeBy(config, options.because);
  await patiently(registryOf(config), openApprovers(config).remove(name, cause));
  print(`What ${name} signs counts no more; what was signed stays in the log.`);
  return 0;
}

/** Who enrols, which is only claimed: no worker looks at any proof, as whoever can write the registry can enrol. */
async function causeBy(config: Config, reason: string): Promise<Cause> {
  const fault = lineFault('--because', reason);
  if (fault !== null) throw new Error(fault);
  const { aws, osUser } = openProofs(config);
  return { by: aws === null ? osUser : await patiently('AWS STS', aws.name()), proof: 'claimed', reason };
}

/** Whose signatures count, and the log of that. @param own names that have a private key on this machine */
function approversText(known: Approver[], log: LogEntry[], own: string[]): string {
  if (log.length === 0)
    return 'Nobody has a key yet: npm run approvers -- add NAME makes one, and what it signs is proved.';
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
