import { isUtf8 } from 'node:buffer';
import { broken } from './broken.js';
import { fieldStart, fieldText, forEachRecord, type RawRecord } from './csv-records.js';
import { LineMap } from './line-map.js';
import { Tally } from './tally.js';

const LONE_FIELD_SEPARATORS: readonly [string, string][] = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
];

/** What one pass over the bytes of a CSV file tells. */
export interface CsvScan {
  /** Header fields, trimmed. */
  header: string[];
  /** Records with as many fields as the header; blank lines are none. */
  records: number;
  /** Physical line of each such record. */
  lines: LineMap;
  /** Records with another number of fields, or whose quotes make no sense. */
  ragged: Tally;
  /** Every reader of CSV sees the same: no blank lines, line breaks in quotes, ragged records, stray quotes, bad UTF-8. */
  regular: boolean;
  lineBreak: '\n' | '\r\n';
}

/** Whether a record is an empty line: white space only and no comma. */
export function isBlank(record: RawRecord): boolean {
  if (record.fields > 1) return false;
  for (let at = record.start; at < record.end; at++) {
    const byte = record.bytes[at]!;
    if (byte !== 32 && byte !== 9) return false;
  }
  return true;
}

/** Whether a record has its fields in order: as many as the header, and whole. */
export function isWhole(record: RawRecord, fields: number): boolean {
  return record.fields === fields && !record.broken;
}

/**
 * Reads a CSV file once, without keeping it.
 * @throws DataContract for what makes the whole file unreadable, with the line.
 */
export async function scanCsv(path: string, place: string, signal?: AbortSignal): Promise<CsvScan> {
  const state = new ScanState(place);
  await forEachRecord(path, place, (record) => state.add(record), signal);
  return state.result();
}

class ScanState {
  private readonly lines = new LineMap();
  private readonly ragged = new Tally();
  private header: string[] | null = null;
  private lineBreak: '\n' | '\r\n' | null = null;
  private records = 0;
  private regular = true;

  constructor(private readonly place: string) {}

  add(record: RawRecord): void {
    this.checkRegular(record);
    if (isBlank(record)) this.regular = false;
    else if (this.header === null) this.header = readHeader(record, this.place);
    else if (isWhole(record, this.header.length)) this.lines.add(this.records++, record.line);
    else {
      this.regular = false;
      this.ragged.add(record.line);
    }
  }

  result(): CsvScan {
    const { header, records, lines, ragged, regular } = this;
    if (header === null) throw broken(this.place, 'holds no header line; the first line must name the columns');
    return { header, records, lines, ragged, regular, lineBreak: this.lineBreak ?? '\n' };
  }

  private checkRegular(record: RawRecord): void {
    if (record.lineBreak === '\r' || record.multiline || record.strayQuote || record.broken) this.regular = false;
    else if (record.lineBreak !== '') {
      this.lineBreak ??= record.lineBreak;
      if (record.lineBreak !== this.lineBreak) this.regular = false;
    }
    if (record.wide && !isUtf8(record.bytes.subarray(record.start, record.end))) this.regular = false;
  }
}

function readHeader(record: RawRecord, place: string): string[] {
  if (record.broken) {
    throw broken(place, `the header in line ${record.line} has text behind a closing quote; mend its quotes`);
  }
  const header = Array.from({ length: record.fields }, (_, index) => fieldText(record, index).trim());
  const separator = LONE_FIELD_SEPARATORS.find(([character]) => header.length === 1 && header[0]!.includes(character));
  if (separator !== undefined) {
    throw broken(place, `its fields are separated by ${separator[1]}; save it with commas between the fields`);
  }
  return header;
}

/** Whether field `index` is valid UTF-8. */
export function isFieldUtf8(record: RawRecord, index: number): boolean {
  return !record.wide || isUtf8(record.bytes.subarray(fieldStart(record, index), record.ends[index]));
}
