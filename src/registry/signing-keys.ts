import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { programCommand } from '../contracts/commands.js';

/** A person with a key. ASCII alone, so that no two names look alike. */
export const PERSON = /^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$/;

const ENDING = '.pem';
const OWNER_FILE = 0o600;
const OWNER_FOLDER = 0o700;
const OTHERS = 0o077;

/** Bytes of an Ed25519 public key. */
const PUBLIC_BYTES = 32;

/** Private keys of whoever uses this machine, a file a person, in the user's own configuration folder. */
export interface SigningKeys {
  /** Names that have a key here. */
  names(): Promise<string[]>;
  /** The key of a person, `null` for none. @throws Error when others can read its file, or it is no Ed25519 key */
  find(name: string): Promise<KeyObject | null>;
  /** The key of a person, made where there is none. */
  getOrMake(name: string): Promise<{ key: KeyObject; made: boolean }>;
  /** File of a person's key, there or not. */
  fileOf(name: string): string;
}

/** Keys as files in PEM that their owner alone can read. @param folder made with the first key */
export function openSigningKeys(folder: string): SigningKeys {
  const fileOf = (name: string) => join(folder, `${encodeURIComponent(name)}${ENDING}`);

  const keys: SigningKeys = {
    fileOf,

    async names() {
      const files = await readdir(folder).catch(orNothing([]));
      return files
        .filter((file) => file.endsWith(ENDING))
        .map(nameOf)
        .filter((name) => PERSON.test(name))
        .sort();
    },

    async find(name) {
      if (!PERSON.test(name)) return null;
      const path = fileOf(name);
      const pem = await readFile(path, 'utf8').catch(orNothing(null));
      if (pem === null) return null;
      if (process.platform !== 'win32' && ((await stat(path)).mode & OTHERS) !== 0)
        throw new Error(`Others may read or write the private key ${path}, so it is not used: run chmod 600 on it.`);
      return ed25519(path, () => createPrivateKey(pem));
    },

    async getOrMake(name) {
      const known = await keys.find(name);
      if (known !== null) return { key: known, made: false };
      const { privateKey } = generateKeyPairSync('ed25519');
      await mkdir(folder, { recursive: true, mode: OWNER_FOLDER });
      await chmod(folder, OWNER_FOLDER);
      const file = await open(fileOf(name), 'wx', OWNER_FILE);
      try {
        await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
        await file.sync();
      } finally {
        await file.close();
      }
      return { key: privateKey, made: true };
    },
  };
  return keys;
}

const orNothing =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing;
    throw error;
  };

function nameOf(file: string): string {
  try {
    return decodeURIComponent(file.slice(0, -ENDING.length));
  } catch {
    return ''; // not one of ours
  }
}

/** Base64 of the signature. */
export const signatureOf = (key: KeyObject, text: string): string =>
  sign(null, Buffer.from(text), key).toString('base64');

/** @param publicKey base64 of its 32 bytes */
export function isSignatureOf(publicKey: string, text: string, signature: string): boolean {
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}

/** Base64 of the 32 bytes of the public key that a key is, or belongs to. */
export function publicKeyOf(key: KeyObject): string {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

/** The public key that a file holds, as PEM or as base64 of its 32 bytes. @throws Error when it holds none, or a private one */
export async function readPublicKey(path: string): Promise<string> {
  const text = (
    await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new Error(`${path} cannot be read: give --public-key the file of an Ed25519 public key.`, { cause });
    })
  ).trim();
  if (text.includes('PRIVATE'))
    throw new Error(
      `${path} is a private key, which stays with its owner: enrol the public one, as ${programCommand('approvers', 'add')} prints it.`,
    );
  if (text.startsWith('-----')) return publicKeyOf(ed25519(path, () => createPublicKey(text)));
  if (/^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === PUBLIC_BYTES) return text;
  throw new Error(`${path} is no Ed25519 public key: give PEM, or base64 of its ${PUBLIC_BYTES} bytes.`);
}

function ed25519(path: string, read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new Error(`${path} is no key in PEM.`); // not its cause: that may repeat some of the file
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`${path} is a key of type ${key.asymmetricKeyType ?? 'secret'}: an Ed25519 key belongs there.`);
  return key;
}
