import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readZip, ZipFault } from '../data/zip.js';
import { ApiError, invalidParameter } from './errors.js';
import { writeWhole } from './state.js';

/** Lambda's limits: 50 MB of zip in a request, 250 MB unpacked. */
export const MAX_ZIP_BYTES = 50 * 1024 * 1024;
export const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;
export const MAX_FILES = 10_000;

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
