import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readZip, ZipFault } from './zip.js';
import { ApiError, invalidParameter } from './wire.js';

/** Code and configuration of `$LATEST` or of a published version. */
export interface FunctionConfig {
  description: string;
  runtime: string;
  role: string;
  handler: string;
  /** Seconds. */
  timeout: number;
  /** MiB. */
  memorySize: number;
  architectures: string[];
  environment: Record<string, string>;
  /** Base64 SHA-256 of the zip, as the API shows it. */
  codeSha256: string;
  codeSize: number;
  lastModified: string;
  revisionId: string;
}

/** Code and configuration under a number, which never change. */
export interface PublishedVersion extends FunctionConfig {
  version: string;
}

/** A name that leads to one version, or to two by their shares. */
export interface AliasRecord {
  name: string;
  functionVersion: string;
  description: string;
  /** At most one other version and its share of invocations in [0, 1]. */
  weights: Record<string, number>;
  revisionId: string;
}

/** Which pages may call a URL, as the API spells it; what is left out allows nothing. */
export interface UrlCors {
  AllowOrigins: string[];
  AllowHeaders: string[];
  AllowMethods: string[];
  ExposeHeaders: string[];
  /** Seconds. */
  MaxAge: number;
  AllowCredentials: boolean;
}

/** The address of an alias or of `$LATEST`, and who may call it. */
export interface UrlRecord {
  /** `null` for the URL of `$LATEST`. */
  qualifier: string | null;
  authType: 'NONE' | 'AWS_IAM';
  /** Which pages of other origins may ask, `null` for none. */
  cors: UrlCors | null;
  creationTime: string;
  lastModifiedTime: string;
}

/** A function with all that belongs to it. */
export interface FunctionRecord {
  name: string;
  latest: FunctionConfig;
  versions: PublishedVersion[];
  nextVersion: number;
  aliases: AliasRecord[];
  urls: UrlRecord[];
  /** `qualifier/id` of permission statements; kept for their uniqueness, nothing is authorised by them here. */
  statements: string[];
  /** Simultaneous executions at most; absent without a reservation. */
  reservedConcurrency?: number;
}

interface State {
  schemaVersion: 1;
  functions: FunctionRecord[];
}

/** All functions of an endpoint, in memory and in one JSON file that is always whole. */
export interface StateStore {
  list(): readonly Readonly<FunctionRecord>[];
  find(name: string): Readonly<FunctionRecord> | undefined;
  /** Changes a copy of the functions; nothing changes when `change` throws or the file cannot be written. */
  update<T>(change: (functions: FunctionRecord[]) => T): T;
}

/** Opens `<directory>/state.json`, made on the first change. Throws on a file that is not such a state. */
export function openState(directory: string): StateStore {
  const file = join(directory, 'state.json');
  let state: State = { schemaVersion: 1, functions: [] };
  if (existsSync(file)) {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Partial<State>; // our own file, its version is checked
    if (read.schemaVersion !== 1 || !Array.isArray(read.functions)) {
      throw new Error(`${file} is not a state of version 1 of the local Lambda endpoint; move it away to start anew.`);
    }
    state = { schemaVersion: 1, functions: read.functions };
  }
  return {
    list: () => state.functions,
    find: (name) => state.functions.find((candidate) => candidate.name === name),
    update(change) {
      const next = structuredClone(state);
      const result = change(next.functions);
      writeWhole(file, JSON.stringify(next));
      state = next;
      return result;
    },
  };
}

/** Replaces a file so that a crash leaves the old or the new content, never a part. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const directory = dirname(file);
  mkdirSync(directory, { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  syncPath(temporary);
  renameSync(temporary, file);
  syncPath(directory);
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Lambda's limits: 50 MB of zip in a request, 250 MB unpacked. */
const MAX_ZIP_BYTES = 50 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;
const MAX_FILES = 10_000;

/** A zip that is kept. */
export interface StoredCode {
  /** Base64 SHA-256 of the zip. */
  codeSha256: string;
  codeSize: number;
}

/** Zips and their unpacked folders, each under the hash of the zip. */
export interface CodeStore {
  /** Keeps and unpacks a zip. Throws an `InvalidParameterValueException` for anything that is no safe zip. */
  put(zip: Uint8Array): StoredCode;
  /** Folder with the unpacked code. */
  folder(codeSha256: string): string;
  /** Path of the zip itself. */
  zipFile(codeSha256: string): string;
}

/** Opens the store under `<directory>/code`. */
export function openCodeStore(directory: string): CodeStore {
  const root = join(directory, 'code');
  const nameOf = (codeSha256: string): string => Buffer.from(codeSha256, 'base64').toString('hex');
  const folder = (codeSha256: string): string => join(root, nameOf(codeSha256));
  return {
    folder,
    zipFile: (codeSha256) => `${folder(codeSha256)}.zip`,
    put(zip) {
      if (zip.length > MAX_ZIP_BYTES) {
        throw new ApiError(
          'RequestTooLargeException',
          `The zip has ${zip.length} bytes, at most ${MAX_ZIP_BYTES} are taken.`,
        );
      }
      const codeSha256 = createHash('sha256').update(zip).digest('base64');
      const target = folder(codeSha256);
      if (!existsSync(target)) {
        const files = unpack(zip);
        const temporary = join(root, `unpacking-${randomUUID()}`);
        try {
          for (const [name, bytes] of files) {
            const path = join(temporary, name);
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, bytes);
          }
          writeWhole(`${target}.zip`, zip);
          renameSync(temporary, target);
        } finally {
          rmSync(temporary, { recursive: true, force: true });
        }
      }
      return { codeSha256, codeSize: zip.length };
    },
  };
}

/** Files of a zip by relative path. @throws ApiError for what `readZip` refuses, and for an archive without files */
function unpack(zip: Uint8Array): [name: string, bytes: Uint8Array][] {
  let files;
  try {
    files = readZip(zip, { files: MAX_FILES, bytes: MAX_UNPACKED_BYTES });
  } catch (error) {
    if (!(error instanceof ZipFault)) throw error;
    throw new ApiError(
      'InvalidParameterValueException',
      `Could not unzip uploaded file: it ${error.message}. Please check your file, then try to upload again.`,
    );
  }
  if (files.length === 0) throw invalidParameter('ZipFile', 'an archive with at least one file');
  return files;
}
