import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readZip, ZipFault } from '../src/lambda-emulator/zip.js';
import { dataFault } from '../src/data/data-fault.js';
import { displayUrl, download } from '../src/data/download.js';
import type { DownloadLimits } from '../src/data/download-limits.js';
import { hashFile } from '../src/store/files.js';

/** Where the published anemia data can be had. */
export const PUBLISHERS = {
  github: 'https://raw.githubusercontent.com/kiramishima/anemia-detection-mlops/master/DATA/anemia_dataset.csv',
  kaggle: 'https://www.kaggle.com/api/v1/datasets/download/sayeemmohammed/anemia-detection',
} as const;

export type Publisher = keyof typeof PUBLISHERS;

/** SHA-256 of the published CSV file, whoever serves it. */
export const ANEMIA_SHA256 = '786dc6553015f6fbf889424c6c4e97fa07707c737dab61e35fa581b8f08996d7';

const ANEMIA_FILE = 'anemia_dataset.csv';
const ZIP_MAGIC = 'PK\u0003\u0004';
/** Larger ones are not unpacked: a small archive may hold an endless file. */
const MAX_UNPACKED_BYTES = 2 ** 30;
const MAX_FILES = 10_000;

export interface FetchDataOptions {
  /** Who serves the published data; ignored when `url` is given. */
  from: Publisher;
  /** Any other http(s) address of a CSV file, or of a zip archive with one. */
  url?: string | undefined;
  /** Expected SHA-256 of the CSV file; that of the published data unless `url` is given. */
  sha256?: string | undefined;
  /** Folder the file is moved to once it is whole and checked. */
  directory: string;
  /** What the download may take and where it may go, see `DEFAULT_DOWNLOAD_LIMITS`. */
  limits?: DownloadLimits | undefined;
  signal?: AbortSignal | undefined;
}

export interface FetchedData {
  path: string;
  /** What the file has. */
  sha256: string;
  /** False when there was nothing to compare it with. */
  checked: boolean;
  /** Where it came from, without query or credentials. */
  from: string;
}

/**
 * Downloads a data set, unpacks it when it is zipped, compares its hash and only then moves it into `directory`.
 * @throws DataContract when it is not there or not what was expected, a plain Error when the network failed; the
 * folder is as before then.
 */
export async function fetchData(options: FetchDataOptions): Promise<FetchedData> {
  const address = options.url ?? PUBLISHERS[options.from];
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw dataFault('--url', 'is not an http: or https: address; give one of a CSV file or a zip archive');
  }
  const expected = (options.sha256 ?? (options.url === undefined ? ANEMIA_SHA256 : undefined))?.toLowerCase();
  if (expected !== undefined && !/^[0-9a-f]{64}$/.test(expected)) {
    throw dataFault('--sha256', 'is not a SHA-256, which has 64 hexadecimal digits; copy it whole');
  }
  const from = displayUrl(url);
  await mkdir(options.directory, { recursive: true });
  const folder = await mkdtemp(join(options.directory, '.fetch-'));
  try {
    const arrived = join(folder, 'arrived');
    await download(url, arrived, options.limits, options.signal);
    const name = options.url === undefined ? ANEMIA_FILE : safeName(url.pathname);
    const file = await unpack(arrived, name, from);
    const { sha256 } = await hashFile(file.path, options.signal);
    if (expected !== undefined && sha256 !== expected) {
      throw dataFault(
        from,
        `has SHA-256 ${sha256} instead of ${expected}; it changed or is another file, so check it before you use it`,
      );
    }
    const path = join(options.directory, file.name);
    await rename(file.path, path);
    return { path, sha256, checked: expected !== undefined, from };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The last part of a path, reduced to letters that are harmless in a file name. */
function safeName(path: string): string {
  const name = basename(path).replace(/[^\w.-]/g, '_');
  return /^[._]*$/.test(name) ? 'data.csv' : name;
}

async function unpack(path: string, name: string, place: string): Promise<{ path: string; name: string }> {
  const bytes = await readFile(path);
  if (bytes.length === 0) throw dataFault(place, 'is empty (0 bytes); check the address');
  if (bytes.toString('latin1', 0, ZIP_MAGIC.length) !== ZIP_MAGIC) return { path, name };
  const tables = unzip(bytes, place);
  if (tables.length !== 1) {
    throw dataFault(place, `is an archive with ${tables.length} CSV files instead of one; unpack it by hand`);
  }
  const [entry, table] = tables[0]!;
  const unpacked = `${path}.csv`;
  await writeFile(unpacked, table);
  return { path: unpacked, name: name === ANEMIA_FILE ? name : safeName(entry) };
}

/** The CSV files of an archive. */
function unzip(bytes: Uint8Array, place: string): [name: string, bytes: Uint8Array][] {
  try {
    return readZip(bytes, { files: MAX_FILES, bytes: MAX_UNPACKED_BYTES }, (name) => /\.csv$/i.test(name));
  } catch (error) {
    if (!(error instanceof ZipFault)) throw error;
    throw dataFault(place, `is a zip archive that ${error.message}; fetch it again or unpack it by hand`, {
      cause: error,
    });
  }
}
