import { Decompress } from 'fzstd';

/** Bytes that are unpacked at once: a hostile piece grows a few thousand times before anybody looks. */
const PIECE_BYTES = 1 << 12;

/** Largest window that a frame may ask for: what zstd itself takes without being told otherwise. */
const MAX_WINDOW_BYTES = 2 ** 27;

/** Whether a file begins as a frame of zstd does. */
export const isZstd = (head: Buffer): boolean =>
  head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;

/**
 * What zstd data holds, piece by piece, as it comes out.
 * @throws Error for data that is damaged, cut off, or whose first frame asks for a window of more than 128 MiB
 */
export async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
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
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield* push(chunk.subarray(at, at + PIECE_BYTES), false);
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
