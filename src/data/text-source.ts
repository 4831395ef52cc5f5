import { open } from 'node:fs/promises';
import type { Dialect, Encoding } from '../contracts/definition.js';
import type { PipelineFailure } from '../contracts/failures.js';
import { dataFault } from './data-fault.js';
import { type Formats, HEAD_BYTES, refuseOtherKinds, refuseOtherTexts } from './file-kind.js';
import { compressionOf, readPieces, unpacked, type Compression, type UnpackLimits } from './unpack.js';

/** A text file, whatever it is packed and encoded in. */
export interface TextSource {
  compression: Compression | null;
  encoding: Encoding;
  /** Its text from the start, as UTF-8 without a byte order mark; a piece is valid until the next one is asked for. */
  pieces: () => AsyncIterable<Buffer>;
}

interface TextOptions {
  signal?: AbortSignal | undefined;
  limits?: UnpackLimits;
  /** What a file that is no CSV may be exported as: CSV or Parquet by default. */
  formats?: Formats | undefined;
}

/**
 * Finds out how a text file is packed and encoded; nothing of it is unpacked to the disk.
 * @param encoding `auto` tells UTF-16 from UTF-8; no other is told by its first bytes
 * @throws DataContract when it is no text, saying what it is
 */
export async function openText(
  path: string,
  place: string,
  encoding: Dialect['encoding'],
  { signal, limits, formats = 'CSV or Parquet' }: TextOptions = {},
): Promise<TextSource> {
  const compression = compressionOf(await readHead(path));
  const bytes = () =>
    compression === null ? readPieces(path, signal) : unpacked(path, compression, place, signal, limits);
  const head = await firstBytes(bytes());
  const inside = compression === null ? place : `${place}, unpacked,`;
  if (head.length === 0 && compression !== null)
    throw dataFault(inside, 'is empty (0 bytes); it needs a header line and rows');
  if (compressionOf(head) !== null && compression !== null)
    throw dataFault(place, 'is compressed twice; unpack it once');
  if (head.toString('latin1', 0, 4) === 'PAR1') throw parquet(place, compression, formats);
  if (isUtf32(head)) throw dataFault(inside, 'is text in UTF-32, which is not read; save it as "CSV UTF-8"');
  refuseOtherKinds(head, inside, formats);
  const actual = encoding === 'auto' ? encodingOf(head) : encoding;
  const pieces = () => decoded(bytes(), actual, place);
  refuseOtherTexts(await firstBytes(pieces()), inside, formats);
  return { compression, encoding: actual, pieces };
}

function parquet(place: string, compression: Compression | null, formats: Formats): PipelineFailure {
  if (compression === null || formats === 'CSV')
    return dataFault(place, 'is a Parquet file, and no CSV file; export the table as CSV');
  return dataFault(
    place,
    `is a Parquet file compressed by ${compression}; unpack it, because Parquet is compressed in itself`,
  );
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A copy of the first `most` bytes. */
export async function firstBytes(pieces: AsyncIterable<Buffer>, most = HEAD_BYTES): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    parts.push(Buffer.from(piece.subarray(0, most - length)));
    length += parts.at(-1)!.length;
    if (length >= most) break;
  }
  return Buffer.concat(parts);
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What Windows-1252 has between 0x80 and 0x9f; U+FFFD where it has nothing. */
const WINDOWS_1252 =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

/** How people call the encodings. */
export const ENCODING_NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252',
};

/** UTF-16 by its mark or by the zero bytes between its letters; anything else is taken for UTF-8 until it turns out not to be. */
function encodingOf(head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (head.length < 4 || (a === 0) === (b === 0) || (a === 0) !== (c === 0) || (b === 0) !== (d === 0)) return 'utf-8';
  return a === 0 ? 'utf-16be' : 'utf-16le';
}

/** UTF-32 by its mark, or by three zero bytes with each of the first letters. */
const isUtf32 = (head: Buffer): boolean =>
  /^(?:\xff\xfe\0\0|\0\0\xfe\xff|(?:[^\0]\0{3}){3}|(?:\0{3}[^\0]){3})/.test(head.toString('latin1', 0, 12));

/**
 * Pieces of a text as UTF-8, without its byte order mark.
 * @throws DataContract for bytes that the encoding does not have; UTF-8 is passed on as it is
 */
async function* decoded(
  pieces: AsyncIterable<Buffer>,
  encoding: Encoding,
  place: string,
): AsyncGenerator<Buffer, void, undefined> {
  const decode = decoderOf(encoding, place);
  let first = true;
  for await (const piece of pieces) {
    let text = decode(piece);
    if (first && text.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)) text = text.subarray(UTF8_MARK.length);
    if (piece.length > 0) first = false;
    yield text;
  }
  yield decode(null);
}

/** Decodes piece by piece; `null` is the end. */
function decoderOf(encoding: Encoding, place: string): (piece: Buffer | null) => Buffer {
  if (encoding === 'utf-8') return (piece) => piece ?? Buffer.alloc(0);
  const refused = () =>
    dataFault(
      place,
      `holds bytes that ${ENCODING_NAMES[encoding]} does not have; save it as "CSV UTF-8", or name its encoding in dataset.dialect.encoding`,
    );
  if (encoding === 'windows-1252')
    return (piece) => {
      const text = (piece ?? Buffer.alloc(0))
        .toString('latin1')
        .replace(/[\x80-\x9f]/g, (letter) => WINDOWS_1252[letter.charCodeAt(0) - 0x80]!);
      if (text.includes('\ufffd')) throw refused();
      return Buffer.from(text);
    };
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (piece) => {
    try {
      return Buffer.from(piece === null ? decoder.decode() : decoder.decode(piece, { stream: true }));
    } catch {
      throw refused();
    }
  };
}
