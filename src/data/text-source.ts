import { open } from 'node:fs/promises';
import type { Dialect, Encoding } from '../contracts/definition.js';
import type { PipelineFailure } from '../contracts/failures.js';
import { broken } from './broken.js';
import { type Formats, HEAD_BYTES, refuseOtherKinds, refuseOtherTexts } from './file-kind.js';
import { decoded, encodingOf, isUtf32 } from './text-encoding.js';
import { compressionOf, readPieces, unpacked, type Compression, type UnpackLimits } from './unpack.js';

/** A text file, whatever it is packed and encoded in. */
export interface TextSource {
  compression: Compression | null;
  encoding: Encoding;
  /** Its text from the start, as UTF-8 without a byte order mark; a piece is valid until the next one is asked for. */
  pieces: () => AsyncIterable<Buffer>;
}

export interface TextOptions {
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
    throw broken(inside, 'is empty (0 bytes); it needs a header line and rows');
  if (compressionOf(head) !== null && compression !== null) throw broken(place, 'is compressed twice; unpack it once');
  if (head.toString('latin1', 0, 4) === 'PAR1') throw parquet(place, compression, formats);
  if (isUtf32(head)) throw broken(inside, 'is text in UTF-32, which is not read; save it as "CSV UTF-8"');
  refuseOtherKinds(head, inside, formats);
  const actual = encoding === 'auto' ? encodingOf(head) : encoding;
  const pieces = () => decoded(bytes(), actual, place);
  refuseOtherTexts(await firstBytes(pieces()), inside, formats);
  return { compression, encoding: actual, pieces };
}

function parquet(place: string, compression: Compression | null, formats: Formats): PipelineFailure {
  if (compression === null || formats === 'CSV')
    return broken(place, 'is a Parquet file, and no CSV file; export the table as CSV');
  return broken(
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
