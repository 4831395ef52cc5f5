import { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Stands for the rest of a file that cannot be unpacked: one line that is no record, and is counted as such. */
const DAMAGED = Buffer.from('\n(the rest of this file cannot be unpacked)\n');

/**
 * Bytes of a captured file, unpacked where its name ends in `.gz`, as delivery streams write them. What is damaged or cut
 * ends with a line that is no record.
 */
export async function* unpacked(path: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (!path.endsWith('.gz')) {
    yield* bytes;
    return;
  }
  const gunzip = createGunzip();
  // The pipeline ends both streams with the first error of either, which the loop below then meets.
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    yield DAMAGED;
  }
}
