import { createHmac, randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { programCommand } from '../contracts/commands.js';
import type { Statement } from '../contracts/decision.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Evidence, Claim, Identity } from '../contracts/identity.js';
import { MINUTE_MS } from '../contracts/text.js';
import { signatureOf, type SigningKeys, isSignatureOf, PERSON } from './signing-keys.js';

/** Whom AWS says that a request comes from. */
export interface Caller {
  arn: string;
  /** Number of the account, 12 digits. */
  account: string;
}

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

/** A new key of a home, 32 random bytes. */
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

function isMacOf(key: Uint8Array, text: string, mac: string): boolean {
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

/** A statement counts for so long before and after it reaches a workflow, in minutes. */
const FRESH_MINUTES = 15;

/** Finds out on the worker how far it is proved who said something. */
export interface Identities {
  /**
   * @param received when the workflow got it, ISO 8601
   * @throws PipelineFailure `IdentityNotProved` for evidence that is wrong: another text, another key, another time
   */
  prove(statement: Statement, claim: Claim, received: string): Promise<Identity>;
}

/** By what a worker checks. */
export interface IdentitySources {
  /** User whom the worker runs as: the only one who can read the key of the home. */
  osUser: string;
  /** `null` where there is no home that client and worker share. */
  osUserKey: (() => Promise<Uint8Array>) | null;
  /** Public key of a person by the registry, `null` for nobody. */
  publicKeyOf: (name: string) => Promise<string | null>;
  /** Whom AWS names, from an account that is trusted; `null` where AWS is not asked. */
  aws: ((evidence: Extract<Evidence, { kind: 'aws' }>, digest: string) => Promise<Caller>) | null;
}

/** Checks evidence by what a worker can read, know or ask. */
export function createIdentities({ osUser, osUserKey, publicKeyOf, aws }: IdentitySources): Identities {
  return {
    async prove(statement, claim, received) {
      const { by: name, at, evidence } = claim;
      if (evidence === null) return { name, proof: 'claimed' };
      const text = textOf(statement, claim);
      if (!(Math.abs(Date.parse(received) - Date.parse(at)) <= FRESH_MINUTES * MINUTE_MS))
        throw notProved(
          `What ${name} said was said more than ${FRESH_MINUTES} minutes before or after it came: say it again, and set the clock if that is wrong.`,
        );
      switch (evidence.kind) {
        case 'os-user': {
          // Of a home that is not this worker's, or by another user who may read all files: a name like any other.
          const proved = osUserKey !== null && name === osUser && isMacOf(await osUserKey(), text, evidence.mac);
          return { name, proof: proved ? 'os-user' : 'claimed' };
        }
        case 'signed': {
          const key = PERSON.test(name) ? await publicKeyOf(name) : null;
          if (key === null)
            throw notProved(
              `${name} has no key in this registry: enrol it with ${programCommand('approvers', 'add')}, or decide under another name with --by.`,
            );
          if (!isSignatureOf(key, text, evidence.signature))
            throw notProved(
              `The signature is not one of ${name} for this: it was made with another key, for another run, model or decision, or changed on the way.`,
            );
          return { name, proof: 'signed' };
        }
        case 'aws': {
          if (aws === null)
            throw notProved('This worker asks AWS for nobody: set MLOPS_IDENTITY=aws for it, or sign with a key.');
          const { arn } = await aws(evidence, digestOf(text));
          if (arn !== name) throw notProved(`AWS names ${arn}, and not ${name}, as who signed this.`);
          return { name, proof: 'aws' };
        }
      }
    },
  };
}

const notProved = (message: string) => new PipelineFailure('IdentityNotProved', message);
