import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { unzipSync } from 'fflate';
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

/** Files of a zip by relative path. Refuses paths that leave the folder and archives that unpack beyond the limits. */
function unpack(zip: Uint8Array): [name: string, bytes: Uint8Array][] {
  let total = 0;
  let count = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        count++;
        if (total > MAX_UNPACKED_BYTES || count > MAX_FILES) {
          throw invalidParameter(
            'ZipFile',
            `an archive of at most ${MAX_FILES} files and ${MAX_UNPACKED_BYTES} unpacked bytes`,
          );
        }
        if (!isInside(name)) throw invalidParameter('ZipFile', 'an archive whose paths all stay inside it');
        return !name.endsWith('/');
      },
    });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    );
  }
  const files = Object.entries(entries);
  if (files.length === 0) throw invalidParameter('ZipFile', 'an archive with at least one file');
  return files;
}

function isInside(name: string): boolean {
  if (name === '' || name.includes('\\') || name.includes('\0') || name.startsWith('/') || /^[A-Za-z]:/.test(name))
    return false;
  return !normalize(name).split(sep).includes('..');
}
