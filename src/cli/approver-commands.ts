import type { Config } from '../config/config.js';
import { lineFault, printableAll } from '../contracts/printable.js';
import type { Cause } from '../registry/registry.js';
import { note, print } from './output.js';
import { patiently, registryOf } from '../client/patience.js';

/** Commands load what they need when they run, see `commands.ts`. */

interface AddOptions {
  publicKey?: string;
  because: string;
}

export async function listApprovers(config: Config, options: { json?: true }): Promise<number> {
  const { openApprovers, openProofs } = await import('../compose/open-identities.js');
  const { approversText } = await import('./approvers-text.js');
  const approvers = openApprovers(config);
  const known = await patiently(registryOf(config), approvers.list());
  const own = await openProofs(config).keys.names();
  const shown = printableAll({ known, log: await patiently(registryOf(config), approvers.log()) });
  print(options.json ? JSON.stringify(known) : approversText(shown.known, shown.log, own));
  return 0;
}

export async function addApprover(config: Config, name: string, options: AddOptions): Promise<number> {
  const { openApprovers, openProofs } = await import('../compose/open-identities.js');
  const { publicKeyOf, PERSON, readPublicKey } = await import('../identity/signing-keys.js');
  const { POLICY } = await import('../contracts/deployment.js');
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

export async function removeApprover(config: Config, name: string, options: { because: string }): Promise<number> {
  const { openApprovers } = await import('../compose/open-identities.js');
  const cause = await causeBy(config, options.because);
  await patiently(registryOf(config), openApprovers(config).remove(name, cause));
  print(`What ${name} signs counts no more; what was signed stays in the log.`);
  return 0;
}

/** Who enrols, which is only claimed: no worker looks at any proof, as whoever can write the registry can enrol. */
async function causeBy(config: Config, reason: string): Promise<Cause> {
  const fault = lineFault('--because', reason);
  if (fault !== null) throw new Error(fault);
  const { openProofs } = await import('../compose/open-identities.js');
  const { aws, osUser } = openProofs(config);
  return { by: aws === null ? osUser : await patiently('AWS STS', aws.name()), proof: 'claimed', reason };
}
