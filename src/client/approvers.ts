import { POLICY } from '../contracts/identity.js';
import { lineFault } from '../contracts/text.js';
import type { ProofSources } from '../registry/prove.js';
import { PERSON, publicKeyOf, type SigningKeys } from '../registry/signing-keys.js';
import type { Approver, Approvers } from '../registry/approvers.js';
import type { Cause, LogEntry } from '../registry/registry.js';

/** Whose signatures count by the registry, and the keys of this machine. */
export interface ApproverSources {
  approvers: Approvers;
  keys: SigningKeys;
}

/** Whose signatures count. */
export interface KnownApprovers {
  known: Approver[];
  /** Who was enrolled and who was removed, oldest first. */
  log: LogEntry[];
  /** Names that have a private key on this machine. */
  own: string[];
}

/** A key that counts from now on. */
export interface Enrolled {
  name: string;
  /** Base64 of the 32 bytes of an Ed25519 public key. */
  publicKey: string;
  /** Where the private key is on this machine, and whether it was made now; `null` for a key of somebody else. */
  privateKey: { file: string; made: boolean } | null;
}

/** @throws PipelineFailure `LogTampered` */
export const listApprovers = async ({ approvers, keys }: ApproverSources): Promise<KnownApprovers> => ({
  known: await approvers.list(),
  log: await approvers.log(),
  own: await keys.names(),
});

/** The name itself when a key can have it. @throws Error */
export function personName(name: string): string {
  if (!PERSON.test(name) || name === POLICY)
    throw new Error(
      'This is no name for a key: give 1 to 64 letters from A to Z, digits, spaces, and . _ @ -, with a letter or digit first.',
    );
  return name;
}

/**
 * Enrols a key: what it signs is proved.
 * @param publicKey base64 of somebody else's; left out, the one of that name on this machine, made where there is none
 * @throws Error when it is no name for a key, the name has another key already, or the key another name
 */
export async function addApprover(
  { approvers, keys }: ApproverSources,
  name: string,
  cause: Cause,
  publicKey?: string,
): Promise<Enrolled> {
  personName(name);
  if (publicKey !== undefined) {
    await approvers.add(name, publicKey, cause);
    return { name, publicKey, privateKey: null };
  }
  const { key, made } = await keys.getOrMake(name);
  await approvers.add(name, publicKeyOf(key), cause);
  return { name, publicKey: publicKeyOf(key), privateKey: { file: keys.fileOf(name), made } };
}

/** Takes a key away: what it signed stays, it signs no more. @throws Error when nobody has this name */
export const removeApprover = ({ approvers }: Pick<ApproverSources, 'approvers'>, name: string, cause: Cause) =>
  approvers.remove(name, cause);

/** Who enrols and why, which is only claimed: no worker looks at any proof, as whoever can write the registry can enrol. */
export async function causeBy({ aws, osUser }: ProofSources, reason: string): Promise<Cause> {
  const fault = lineFault('--because', reason);
  if (fault !== null) throw new Error(fault);
  return { by: aws === null ? osUser : await aws.name(), proof: 'claimed', reason };
}
