import type { Evidence, Claim } from '../contracts/identity.js';
import type { Statement } from '../contracts/decision.js';
import { macOf } from './os-user.js';
import { signatureOf, type SigningKeys } from './signing-keys.js';
import { digestOf, textOf } from './statement.js';

/** By what a client can prove who uses it. */
export interface ProofSources {
  /** What the operating system calls the user. */
  osUser: string;
  /** The key that only the owner of the home can read; `null` where there is no home that client and worker share. */
  osUserKey: (() => Promise<Uint8Array>) | null;
  keys: SigningKeys;
  /** The caller's AWS identity, `null` where it is not asked for. */
  aws: { name: () => Promise<string>; evidence: (digest: string) => Promise<Evidence> } | null;
  now: () => Date;
}

/**
 * Says something with what proves best who says it: the key of the person named by `by`; without a name the AWS identity
 * where that is asked for, else the only key there is, else the operating system's user. Another name is only claimed.
 */
export async function claim(sources: ProofSources, statement: Statement, by: string | undefined): Promise<Claim> {
  const { osUser, osUserKey, keys, aws, now } = sources;
  const at = now().toISOString();
  const proved = async (name: string, evidence: (text: string) => Promise<Evidence> | Evidence): Promise<Claim> => ({
    by: name,
    at,
    evidence: await evidence(textOf(statement, { by: name, at })),
  });

  if (by === undefined && aws !== null) return proved(await aws.name(), (text) => aws.evidence(digestOf(text)));
  const known = await keys.names();
  const name = by?.trim() ?? (known.length === 1 ? known[0]! : osUser);
  const key = await keys.find(name);
  if (key !== null) return proved(name, (text) => ({ kind: 'signed', signature: signatureOf(key, text) }));
  if (name === osUser && osUserKey !== null) {
    const secret = await osUserKey();
    return proved(name, (text) => ({ kind: 'os-user', mac: macOf(secret, text) }));
  }
  return { by: name, at, evidence: null };
}
