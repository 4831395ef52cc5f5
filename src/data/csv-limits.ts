import type { PipelineFailure } from '../contracts/failures.js';
import { broken } from './broken.js';

/** A longer record is taken for a quote that nobody closed. */
export const MAX_RECORD_BYTES = 1 << 20;

/** Refuses archives and UTF-16 by their first bytes; answers the length of a UTF-8 byte order mark. */
export function checkEncoding(bytes: Buffer, place: string): number {
  const [a, b, c, d] = bytes;
  const gzip = a === 0x1f && b === 0x8b;
  const zip = bytes.toString('latin1', 0, 4) === 'PK\u0003\u0004';
  if (gzip || zip) throw broken(place, 'is compressed or a spreadsheet; unpack it or save it as "CSV UTF-8"');
  const mark16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  const everySecondIsNul =
    bytes.length >= 4 && (a === 0) !== (b === 0) && (a === 0) === (c === 0) && (b === 0) === (d === 0);
  if (mark16 || everySecondIsNul) throw broken(place, 'is encoded as UTF-16; save it as "CSV UTF-8"');
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

export function unterminatedQuote(place: string, line: number): PipelineFailure {
  return broken(place, `the quote opened in line ${line} is never closed; close it or double quotes inside a field`);
}

export function nulByte(place: string, line: number): PipelineFailure {
  return broken(place, `line ${line} holds a NUL byte, which text never does; export the table again as CSV UTF-8`);
}

export function overlongRecord(place: string, line: number): PipelineFailure {
  return broken(
    place,
    `the record that starts in line ${line} is longer than ${MAX_RECORD_BYTES} bytes, most likely because a quote is not closed; close it`,
  );
}
