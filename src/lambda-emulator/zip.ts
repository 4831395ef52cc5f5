import { inflateRawSync } from 'node:zlib';

/** What may be unpacked: so many files, and so many bytes of them together. */
export interface ZipLimits {
  files: number;
  bytes: number;
}

/** Why an archive is not unpacked, in words that follow its name: `has two files of one name`. */
export class ZipFault extends Error {}

const END = 0x06054b50;
const END_BYTES = 22;
/** The end record may have a comment of 64 KiB behind it. */
const END_WITHIN = END_BYTES + 0xffff;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
/** Stands for a number of 64 bits elsewhere: archives so large are not taken. */
const IN_ZIP64 = 0xffffffff;

const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

/** File types of Unix in the upper half of an entry's attributes: none given, a regular file, a folder. */
const TYPE = 0o170000;
const PLAIN_TYPES = [0, 0o100000, 0o040000];

interface Entry {
  name: string;
  method: number;
  packed: number;
  bytes: number;
  /** Where its local header begins. */
  at: number;
}

/**
 * Files of a zip archive by their path in it, in its order, folders left out. Every name is checked before anything is
 * unpacked, and no file becomes larger than the archive says.
 * @param wanted which files to unpack, all by default
 * @throws ZipFault for an archive that is damaged or encrypted, exceeds the limits, or has names that would leave a folder,
 * meet each other in one or mean a link
 */
export function readZip(
  zip: Uint8Array,
  limits: ZipLimits,
  wanted: (name: string) => boolean = () => true,
): [name: string, bytes: Uint8Array][] {
  const buffer = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  try {
    const entries = entriesOf(buffer, limits);
    requireSafeNames(entries.map(({ name }) => name));
    const files = entries.filter(({ name }) => !name.endsWith('/') && wanted(name));
    if (files.reduce((sum, { bytes }) => sum + bytes, 0) > limits.bytes)
      throw new ZipFault(`unpacks to more than ${limits.bytes} bytes`);
    return files.map((entry) => [entry.name, unpacked(buffer, entry)]);
  } catch (error) {
    // What reads beyond the end, or does not inflate to what was said.
    if (error instanceof ZipFault) throw error;
    throw new ZipFault('is damaged', { cause: error });
  }
}

function entriesOf(buffer: Buffer, limits: ZipLimits): Entry[] {
  let end = buffer.length - END_BYTES;
  while (end >= 0 && end >= buffer.length - END_WITHIN && buffer.readUInt32LE(end) !== END) end--;
  if (end < 0 || buffer.readUInt32LE(end) !== END) throw new ZipFault('is damaged');
  const count = buffer.readUInt16LE(end + 10);
  let at = buffer.readUInt32LE(end + 16);
  if (count > limits.files || at === IN_ZIP64) throw new ZipFault(`has more than ${limits.files} files`);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (buffer.readUInt32LE(at) !== ENTRY) throw new ZipFault('is damaged');
    entries.push(entryAt(buffer, at));
    at += ENTRY_BYTES + buffer.readUInt16LE(at + 28) + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  return entries;
}

function entryAt(buffer: Buffer, at: number): Entry {
  const nameAt = at + ENTRY_BYTES;
  const nameBytes = buffer.subarray(nameAt, nameAt + buffer.readUInt16LE(at + 28));
  const name = new TextDecoder('utf-8', { fatal: true }).decode(nameBytes);
  const method = buffer.readUInt16LE(at + 10);
  const type = (buffer.readUInt32LE(at + 38) >>> 16) & TYPE;
  if ((buffer.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw new ZipFault('is encrypted');
  if (method !== STORED && method !== DEFLATED) throw new ZipFault('is packed in a way that is not read');
  if (!PLAIN_TYPES.includes(type)) throw new ZipFault('has a link or a device in it');
  const [packed, bytes, local] = [20, 24, 42].map((offset) => buffer.readUInt32LE(at + offset)) as [
    number,
    number,
    number,
  ];
  if ([packed, bytes, local].includes(IN_ZIP64)) throw new ZipFault('is damaged');
  return { name, method, packed, bytes, at: local };
}

function unpacked(buffer: Buffer, { method, packed, bytes, at }: Entry): Uint8Array {
  if (buffer.readUInt32LE(at) !== LOCAL) throw new ZipFault('is damaged');
  const from = at + LOCAL_BYTES + buffer.readUInt16LE(at + 26) + buffer.readUInt16LE(at + 28);
  const data = buffer.subarray(from, from + packed);
  if (data.length !== packed) throw new ZipFault('is damaged');
  if (bytes === 0) return new Uint8Array();
  const content = method === STORED ? data : inflateRawSync(data, { maxOutputLength: bytes });
  if (content.length !== bytes) throw new ZipFault('is damaged');
  return new Uint8Array(content);
}

/** Every name leads to a place of its own inside the folder, on every file system. */
function requireSafeNames(names: string[]): void {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const name of names) {
    if (!isInside(name)) throw new ZipFault('has paths that do not all stay inside it');
    const place = name.normalize('NFC').toLowerCase();
    const parts = place.split('/');
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
    if (place.endsWith('/')) continue;
    if (files.has(place)) throw new ZipFault('has two files of one name, or of names that differ in case alone');
    files.add(place);
  }
  for (const file of files) if (folders.has(file)) throw new ZipFault('has a file and a folder of one name');
}

/** A path of plain names: neither empty, `.` nor `..`, without signs that systems read as something else. */
const isInside = (name: string): boolean =>
  !/[\\:\p{Cc}]/u.test(name) &&
  name
    .replace(/\/$/, '')
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..');
