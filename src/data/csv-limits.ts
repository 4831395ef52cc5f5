import type { PipelineFailure } from '../contracts/failures.js';
import { broken } from './broken.js';

/** A longer record is taken for a quote that nobody closed. */
export const MAX_RECORD_BYTES = 1 << 20;

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
