import type { PipelineFailure } from '../contracts/failures.js';
import { dataFault } from './data-fault.js';

const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
const TAB = 9;
const CHUNK_BYTES = 1 << 20;

/** One record of a CSV file, as bytes; the object is reused for every record, so copy what you keep. */
export interface RawRecord {
  bytes: Buffer;
  start: number;
  /** End without the line break. */
  end: number;
  /** Number of fields, at least 1. */
  fields: number;
  /** End of each field in `bytes`; a field starts behind the separator that ended the one before. */
  ends: Int32Array;
  /** Physical line of its first byte, from 1. */
  line: number;
  /** More lines than one: a quoted field holds a line break. */
  multiline: boolean;
  /** Some byte is beyond ASCII. */
  wide: boolean;
  /** A quote stands inside an unquoted field, where it is an ordinary character. */
  strayQuote: boolean;
  /** Text follows a closing quote: the fields cannot be told apart. */
  malformed: boolean;
  /** `''` when the file ends here. */
  lineBreak: '\n' | '\r\n' | '\r' | '';
}

/**
 * Splits CSV (RFC 4180; LF, CRLF or CR) into records in one pass over its bytes, piece by piece.
 * @throws DataContract with the line for a NUL byte, a quote that is never closed and an overlong record.
 */
export async function splitRecords(
  pieces: AsyncIterable<Buffer>,
  place: string,
  separator: string,
  visit: (record: RawRecord) => void,
): Promise<void> {
  const splitter = new RecordSplitter(place, separator.charCodeAt(0), visit);
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + MAX_RECORD_BYTES);
  let kept = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; from += CHUNK_BYTES) {
      const length = kept + piece.copy(buffer, kept, from, Math.min(from + CHUNK_BYTES, piece.length));
      const consumed = splitter.split(buffer, length, false);
      kept = length - consumed;
      if (kept > MAX_RECORD_BYTES) throw overlongRecord(place, splitter.line);
      buffer.copyWithin(0, consumed, length);
    }
  }
  splitter.split(buffer, kept, true);
}

/** Visits the complete records at the start of `bytes`; the last one too when the text ends there. */
export function splitStart(
  bytes: Buffer,
  isWhole: boolean,
  separator: string,
  visit: (record: RawRecord) => void,
): void {
  new RecordSplitter('', separator.charCodeAt(0), visit).split(bytes, bytes.length, isWhole);
}

class RecordSplitter {
  /** Line of the record now being read. */
  line = 1;
  private readonly record: RawRecord;

  constructor(
    private readonly place: string,
    private readonly separator: number,
    private readonly visit: (record: RawRecord) => void,
  ) {
    this.record = {
      bytes: Buffer.alloc(0),
      start: 0,
      end: 0,
      fields: 0,
      ends: new Int32Array(64),
      line: 1,
      multiline: false,
      wide: false,
      strayQuote: false,
      malformed: false,
      lineBreak: '',
    };
  }

  /** Visits every complete record of `bytes[0, length)`; answers where the first incomplete one starts. */
  split(bytes: Buffer, length: number, atEnd: boolean): number {
    let start = 0;
    while (start < length) {
      const next = this.readRecord(bytes, start, length, atEnd);
      if (next < 0) break;
      start = next;
    }
    return start;
  }

  /** Reads one record and visits it; answers where the next one starts, -1 when it is incomplete. */
  private readRecord(bytes: Buffer, start: number, length: number, atEnd: boolean): number {
    const { record, separator } = this;
    const highest = Math.max(separator, QUOTE);
    let ends = record.ends;
    let fields = 0;
    let fieldStart = start;
    let wide = 0;
    let strayQuote = false;
    let malformed = false;
    let line = this.line;
    let at = start;
    for (; at < length; at++) {
      const byte = bytes[at]!;
      if (byte > highest) wide |= byte;
      else if (byte === separator) {
        if (fields + 1 >= ends.length) ends = record.ends = widened(ends);
        ends[fields++] = at;
        fieldStart = at + 1;
      } else if (byte === LF || byte === CR) break;
      else if (byte === QUOTE) {
        if (at !== fieldStart) {
          strayQuote = true;
          continue;
        }
        const quoteLine = line;
        for (at++; ; at++) {
          if (at >= length) {
            if (atEnd) throw unterminatedQuote(this.place, quoteLine);
            return -1;
          }
          const inner = bytes[at]!;
          if (inner > QUOTE) wide |= inner;
          else if (inner === QUOTE) {
            if (bytes[at + 1] !== QUOTE || at + 1 >= length) break;
            at++;
          } else if (inner === LF || (inner === CR && bytes[at + 1] !== LF)) line++;
          else if (inner === 0) throw nulByte(this.place, line);
        }
        const next = at + 1 < length ? bytes[at + 1] : atEnd ? LF : -1;
        if (next === -1) return -1;
        malformed ||= next !== separator && next !== LF && next !== CR;
      } else if (byte === 0) throw nulByte(this.place, line);
    }
    if (at >= length && !atEnd) return -1;
    const isCr = at < length && bytes[at] === CR;
    if (isCr && at + 1 >= length && !atEnd) return -1;
    ends[fields++] = at;
    record.bytes = bytes;
    record.start = start;
    record.end = at;
    record.fields = fields;
    record.line = this.line;
    record.multiline = line !== this.line;
    record.wide = wide > 127;
    record.strayQuote = strayQuote;
    record.malformed = malformed;
    const isCrLf = isCr && at + 1 < length && bytes[at + 1] === LF;
    record.lineBreak = at >= length ? '' : isCrLf ? '\r\n' : isCr ? '\r' : '\n';
    this.line = line + 1;
    this.visit(record);
    return at + record.lineBreak.length;
  }
}

function widened(ends: Int32Array): Int32Array {
  const wider = new Int32Array(ends.length * 2);
  wider.set(ends);
  return wider;
}

/** Start of field `index` in `record.bytes`. */
export function fieldStart(record: RawRecord, index: number): number {
  return index === 0 ? record.start : record.ends[index - 1]! + 1;
}

/** A field as it was meant: without its quotes, doubled quotes made single. Bytes that are no UTF-8 become U+FFFD. */
export function fieldText(record: RawRecord, index: number): string {
  const text = record.bytes.toString('utf8', fieldStart(record, index), record.ends[index]);
  return text.startsWith('"') ? text.slice(1, text.lastIndexOf('"')).replaceAll('""', '"') : text;
}

/** Whether every field of a record is empty: nothing but white space, or quotes around it. */
export function isBlank(record: RawRecord): boolean {
  for (let field = 0; field < record.fields; field++) {
    let start = fieldStart(record, field);
    let end = record.ends[field]!;
    if (end > start && record.bytes[start] === QUOTE) {
      if (end - start < 2 || record.bytes[end - 1] !== QUOTE) return false;
      start += 1;
      end -= 1;
    }
    for (let at = start; at < end; at++) {
      const byte = record.bytes[at]!;
      if (byte !== SPACE && byte !== TAB) return false;
    }
  }
  return true;
}

/** A longer record is taken for a quote that nobody closed. */
const MAX_RECORD_BYTES = 1 << 20;

function unterminatedQuote(place: string, line: number): PipelineFailure {
  return dataFault(place, `the quote opened in line ${line} is never closed; close it or double quotes inside a field`);
}

function nulByte(place: string, line: number): PipelineFailure {
  return dataFault(place, `line ${line} holds a NUL byte, which text never does; export the table again as CSV UTF-8`);
}

function overlongRecord(place: string, line: number): PipelineFailure {
  return dataFault(
    place,
    `the record that starts in line ${line} is longer than ${MAX_RECORD_BYTES} bytes, most likely because a quote is not closed; close it`,
  );
}
