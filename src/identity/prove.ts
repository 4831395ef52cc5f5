import { createHmac, randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Statement } from '../contracts/decision.js';
import type { Evidence, Claim } from '../contracts/identity.js';
import { signatureOf, type SigningKeys } from './signing-keys.js';

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

/** Bytes of the key that only the user can read who owns the home. */
const KEY_BYTES = 32;

export const newOsUserKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** What the operating system calls the user of this process; by number where it has no name, as in a container. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Base64 of the HMAC that whoever can read the key makes for a text. */
const macOf = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('base64');

export function isMacOf(key: Uint8Array, text: string, mac: string): boolean {
  const [expected, given] = [Buffer.from(macOf(key, text), 'base64'), Buffer.from(mac, 'base64')];
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Nothing else that is ever signed with these keys begins like this. */
const PREFIX = 'anemia-mlops statement 1\n';

/** The one text of a statement and who makes it when, whatever the order of its keys: what is signed. */
export const textOf = (statement: Statement, { by, at }: Omit<Claim, 'evidence'>): string =>
  `${PREFIX}${canonical({ ...statement, by, at })}`;

/** SHA-256 of that text, hexadecimal: what a request to AWS is bound to. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** JSON with sorted keys and without what is undefined. */
const canonical = (value: object): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
