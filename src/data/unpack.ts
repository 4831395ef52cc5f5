import { Decompress } from 'fzstd';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PipelineFailure } from '../contracts/failures.js';
import { dataFault } from './data-fault.js';

const PIECE_BYTES = 1 << 20;

/** How text files are packed that are read. */
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
const UNPACK_LIMITS: UnpackLimits = { bytes: 2 ** 36, ratio: 250, freeBytes: 2 ** 28 };

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
    throw dataFault(place, `is ${compression} data that is damaged or cut off; make or fetch it again`, {
      cause: error,
    });
  }
}

const tooLarge = (place: string, { bytes, ratio }: UnpackLimits): PipelineFailure =>
  dataFault(
    place,
    `unpacks to more than ${bytes} bytes or ${ratio} times its size, as no table does; unpack it by hand if it is to be trusted`,
  );

/** Bytes that are unpacked at once: a hostile piece grows a few thousand times before anybody looks. */
const STEP_BYTES = 1 << 12;

/** Largest window that a frame may ask for: what zstd itself takes without being told otherwise. */
const MAX_WINDOW_BYTES = 2 ** 27;

/** Whether a file begins as a frame of zstd does. */
const isZstd = (head: Buffer): boolean => head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;

/**
 * What zstd data holds, piece by piece, as it comes out.
 * @throws Error for data that is damaged, cut off, or whose first frame asks for a window of more than 128 MiB
 */
async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let out: Uint8Array[] = [];
  const stream = new Decompress((piece) => void out.push(piece.slice()));
  let first = true;
  const push = function* (bytes: Uint8Array, last: boolean): Generator<Buffer> {
    stream.push(bytes, last);
    for (const piece of out) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    out = [];
  };
  for await (const chunk of chunks) {
    if (first && windowOf(chunk) > MAX_WINDOW_BYTES) throw new Error('the window of a frame is too large');
    first = false;
    for (let at = 0; at < chunk.length; at += STEP_BYTES) yield* push(chunk.subarray(at, at + STEP_BYTES), false);
  }
  yield* push(new Uint8Array(), true);
}

/** Bytes of the window that a frame's header asks for (RFC 8878, 3.1.1.1); 0 for a header that is cut off. */
function windowOf(frame: Buffer): number {
  const descriptor = frame[4] ?? 0;
  if ((descriptor & 0x20) === 0) {
    const window = frame[5] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const size = [1, 2, 4, 8][descriptor >> 6]!;
  if (frame.length < at + size) return 0;
  return size === 8 ? Number(frame.readBigUInt64LE(at)) : frame.readUIntLE(at, size);
}
