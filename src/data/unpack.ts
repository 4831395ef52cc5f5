import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PipelineFailure } from '../contracts/failures.js';
import { broken } from './broken.js';
import { isZstd, unzstd } from './zstd.js';

const PIECE_BYTES = 1 << 20;

export type Compression = 'gzip' | 'zstd';

/** How much a compressed file may grow: a small one may hold an endless text. */
export interface UnpackLimits {
  /** Bytes that may come out of any file. */
  bytes: number;
  /** Beyond `freeBytes`, how many times its size may come out. */
  ratio: number;
  freeBytes: number;
}

/** Tables shrink to a third or a tenth; one of constants to a hundredth. */
export const UNPACK_LIMITS: UnpackLimits = { bytes: 2 ** 36, ratio: 250, freeBytes: 2 ** 28 };

/** How a file is compressed, by its first bytes. */
export function compressionOf(head: Buffer): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return isZstd(head) ? 'zstd' : null;
}

/** The bytes of a file piece by piece; a piece is valid until the next one is asked for. */
export async function* readPieces(path: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const file = await open(path, 'r');
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * What a compressed file holds, piece by piece.
 * @throws DataContract when it is damaged, cut off or holds more than the limits allow
 */
export async function* unpacked(
  path: string,
  compression: Compression,
  place: string,
  signal?: AbortSignal,
  limits: UnpackLimits = UNPACK_LIMITS,
): AsyncGenerator<Buffer, void, undefined> {
  let packed = 0;
  let total = 0;
  const source = createReadStream(path, { highWaterMark: PIECE_BYTES, ...(signal ? { signal } : {}) });
  source.on('data', (piece) => (packed += piece.length));
  const pieces =
    compression === 'gzip'
      ? pipeline(source, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined)
      : unzstd(source as AsyncIterable<Buffer>);
  try {
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      total += piece.length;
      if (total > limits.bytes || (total > limits.freeBytes && total > limits.ratio * packed))
        throw tooLarge(place, limits);
      yield piece;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PipelineFailure) throw error;
    throw broken(place, `is ${compression} data that is damaged or cut off; make or fetch it again`, { cause: error });
  }
}

const tooLarge = (place: string, { bytes, ratio }: UnpackLimits): PipelineFailure =>
  broken(
    place,
    `unpacks to more than ${bytes} bytes or ${ratio} times its size, as no table does; unpack it by hand if it is to be trusted`,
  );
