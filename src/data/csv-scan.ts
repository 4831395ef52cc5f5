import { isUtf8 } from 'node:buffer';
import type { Dialect } from '../contracts/definition.js';
import { dataFault, FaultyRows } from './data-fault.js';
import { fieldStart, fieldText, isBlank, splitRecords, type RawRecord, splitStart } from './csv-records.js';
import { FieldCounts, type FieldCount } from './field-counts.js';
import { plain } from './headers.js';
import { type TextSource, firstBytes } from './text-source.js';

/** What one pass over the text of a CSV file tells. */
export interface CsvScan extends FieldCount {
  /** Header fields, trimmed. */
  header: string[];
  headerLine: number;
  /** Fields of ragged records, `null` when they differ. */
  otherFields: number | null;
  /** Records of several fields that are all empty; they count as no rows, as blank lines do. */
  blank: number;
  /** Records that are the header again; they count as rows, which have no numbers. */
  repeated: FaultyRows;
  /** Every reader of CSV sees the same: a header in line 1, no blank lines, line breaks in quotes, ragged records, stray quotes, bad UTF-8. */
  regular: boolean;
  lineBreak: '\n' | '\r\n';
  /** Some record is beyond ASCII, and none of those is UTF-8. */
  notUtf8: boolean;
}

/** Whether a record has its fields in order: this many, and whole. */
export function isWhole(record: RawRecord, fields: number): boolean {
  return record.fields === fields && !record.malformed;
}

/**
 * Reads a CSV file once, without keeping it.
 * @throws DataContract for what makes the whole file unreadable, with the line.
 */
export async function scanCsv(source: TextSource, place: string, layout: CsvLayout): Promise<CsvScan> {
  const state = new ScanState(place, layout.skip);
  await splitRecords(source.pieces(), place, layout.separator, (record) => state.add(record));
  return state.result();
}

class ScanState {
  private header: { names: string[]; line: number; bytes: number; counts: FieldCounts } | null = null;
  private readonly repeated = new FaultyRows();
  /** Records before the header that have numbers, by how many fields they have. */
  private readonly early = new Map<number, FaultyRows>();
  private lineBreak: '\n' | '\r\n' | null = null;
  private blank = 0;
  private skipped = 0;
  private regular = true;
  private readonly wide = { utf8: 0, other: 0 };

  constructor(
    private readonly place: string,
    private readonly skip: number,
  ) {}

  add(record: RawRecord): void {
    this.checkRegular(record);
    const { header } = this;
    if (isBlank(record)) {
      this.regular = false;
      if (header !== null && record.fields > 1) this.blank += 1;
    } else if (header === null) {
      if (this.skipped < this.skip) this.skipRecord(record);
      else this.startTable(record);
    } else if (isWhole(record, header.names.length)) {
      if (record.end - record.start === header.bytes && isHeader(record, header.names)) this.repeated.add(record.line);
      header.counts.addOwn(record.line);
    } else {
      this.regular = false;
      header.counts.addOther(record);
    }
  }

  result(): CsvScan {
    const { header, blank, regular, wide } = this;
    if (header === null) throw dataFault(this.place, 'holds no header line; the first line must name the columns');
    return {
      ...header.counts.decide(),
      header: header.names,
      headerLine: header.line,
      otherFields: header.counts.otherFields,
      repeated: this.repeated,
      blank,
      regular,
      lineBreak: this.lineBreak ?? '\n',
      notUtf8: wide.other > 0 && wide.utf8 === 0,
    };
  }

  private startTable(record: RawRecord): void {
    if (record.line > 1) this.regular = false;
    const names = readHeader(record, this.place);
    const before = this.early.get(names.length);
    if (before !== undefined && before.rows > 1)
      throw dataFault(
        this.place,
        `the header is in line ${record.line}, behind ${before.rows} rows of as many fields, the first in line ${before.lines[0]!}; put the header first`,
      );
    this.header = { names, line: record.line, bytes: record.end - record.start, counts: new FieldCounts(names) };
  }

  /** Titles stand before a header; rows do in a file that was sorted with it. */
  private skipRecord(record: RawRecord): void {
    this.skipped += 1;
    const texts = trimmedTexts(record);
    if (texts.includes('') || !texts.some((text) => Number.isFinite(Number(text)))) return;
    const known = this.early.get(record.fields) ?? new FaultyRows();
    known.add(record.line);
    this.early.set(record.fields, known);
  }

  private checkRegular(record: RawRecord): void {
    if (record.lineBreak === '\r' || record.multiline || record.strayQuote || record.malformed) this.regular = false;
    else if (record.lineBreak !== '') {
      this.lineBreak ??= record.lineBreak;
      if (record.lineBreak !== this.lineBreak) this.regular = false;
    }
    if (!record.wide) return;
    if (isUtf8(record.bytes.subarray(record.start, record.end))) this.wide.utf8 += 1;
    else {
      this.wide.other += 1;
      this.regular = false;
    }
  }
}

function readHeader(record: RawRecord, place: string): string[] {
  if (record.malformed) {
    throw dataFault(place, `the header in line ${record.line} has text behind a closing quote; mend its quotes`);
  }
  return trimmedTexts(record);
}

const fieldTexts = (record: RawRecord): string[] =>
  Array.from({ length: record.fields }, (_, index) => fieldText(record, index));

const trimmedTexts = (record: RawRecord): string[] => fieldTexts(record).map((text) => text.trim());

/** Whether a record has the names of the header. */
const isHeader = (record: RawRecord, names: readonly string[]): boolean =>
  names.every((name, index) => fieldText(record, index).trim() === name);

/** Whether field `index` is valid UTF-8. */
export function isFieldUtf8(record: RawRecord, index: number): boolean {
  return !record.wide || isUtf8(record.bytes.subarray(fieldStart(record, index), record.ends[index]));
}

/** How far a header is looked for. */
const SEARCHED_BYTES = 1 << 18;
const SEARCHED_RECORDS = 50;

/** What stands between the fields of a record. */
export type Separator = Exclude<Dialect['separator'], 'auto'>;

/** In the order in which they are tried. */
const SEPARATORS: readonly Separator[] = [',', ';', '\t', '|'];

/** Excel's first line, which names the separator. */
const SEPARATOR_LINE = /^"?sep=([,;\t|])"?[,;\t| ]*\r?(?:\n|$)/i;

/** Where the table of a CSV file is. */
export interface CsvLayout {
  separator: Separator;
  /** Records before the header, blank ones not counted. */
  skip: number;
}

/** Whether a name of a header, trimmed and in one Unicode form, is one that is wanted. */
export type WantedName = (name: string) => boolean;

/**
 * Finds the header: the first record that has every wanted name, by the separator of the definition, of a `sep=` line, or by
 * the first that does. Where there is none, the record that has most of them, so that the others can be said to be missing.
 */
export async function findLayout(
  source: TextSource,
  wanted: readonly WantedName[],
  separator: Dialect['separator'],
): Promise<CsvLayout> {
  const head = await firstBytes(source.pieces(), SEARCHED_BYTES);
  const isWhole = head.length < SEARCHED_BYTES;
  const named = SEPARATOR_LINE.exec(head.toString('latin1', 0, 40))?.[1] as Separator | undefined;
  const skipped = named === undefined ? 0 : 1;
  const tried = separator !== 'auto' ? [separator] : named !== undefined ? [named] : SEPARATORS;
  let best: (CsvLayout & { known: number; fields: number }) | undefined;
  for (const candidate of tried) {
    const records = recordsOf(head, isWhole, candidate).slice(skipped);
    for (const [index, names] of records.entries()) {
      const known = wanted.filter((isWanted) => names.some(isWanted)).length;
      const found = { separator: candidate, skip: index + skipped, known, fields: names.length };
      if (known === wanted.length) return found;
      const isFirst = index === 0 && (best === undefined || (best.known === 0 && names.length > best.fields));
      if (isFirst || (best !== undefined && known > best.known)) best = found;
    }
  }
  return best ?? { separator: tried[0]!, skip: skipped };
}

/** Names in each of the first records that are not blank. */
function recordsOf(head: Buffer, isWhole: boolean, separator: Separator): string[][] {
  const records: string[][] = [];
  const visit = (record: RawRecord): void => {
    if (records.length < SEARCHED_RECORDS && !isBlank(record)) records.push(fieldTexts(record).map(plain));
  };
  try {
    splitStart(head, isWhole, separator, visit);
  } catch {
    // By this separator the beginning is no CSV; the scan of the whole file says what is wrong with it.
  }
  return records;
}
