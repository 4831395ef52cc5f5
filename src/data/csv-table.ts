import { closeSync, openSync, writeSync } from 'node:fs';
import type { Dialect } from '../contracts/definition.js';
import type { Remedies } from './data-fault.js';
import { fieldStart, isBlank, splitRecords, type RawRecord } from './csv-records.js';
import {
  findLayout,
  type CsvLayout,
  type Separator,
  type WantedName,
  scanCsv,
  type CsvScan,
  isFieldUtf8,
  isWhole,
} from './csv-scan.js';
import type { Formats } from './file-kind.js';
import { INVALID_FIELD } from './spellings.js';
import { ENCODING_NAMES, openText, type TextSource } from './text-source.js';

/** A CSV file that was read once: how its text is stored, where its table is, and what the table looks like. */
export interface CsvTable {
  text: TextSource;
  layout: CsvLayout;
  scan: CsvScan;
}

/**
 * Reads a CSV file once. Where the definition names no encoding and every record beyond ASCII is no UTF-8, the file is taken
 * for Windows-1252, of which Latin-1 is a part.
 */
export async function readLayout(
  path: string,
  place: string,
  wanted: readonly WantedName[],
  options: {
    dialect: Pick<Dialect, 'encoding' | 'separator'>;
    signal?: AbortSignal | undefined;
    /** What the reader takes besides text. */
    formats?: Formats;
  },
): Promise<CsvTable> {
  const { dialect, signal, formats } = options;
  const { encoding, separator } = dialect;
  const read = async (as: Dialect['encoding']): Promise<CsvTable> => {
    const text = await openText(path, place, as, { signal, formats });
    const layout = await findLayout(text, wanted, separator);
    return { text, layout, scan: await scanCsv(text, place, layout) };
  };
  const table = await read(encoding);
  return encoding === 'auto' && table.scan.notUtf8 ? read('windows-1252') : table;
}

const SEPARATOR_NAMES: Record<Separator, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** How the file was read, where nothing in the definition says so and a plain file would be read otherwise. */
export function describeLayout({ text, layout, scan }: CsvTable, dialect: Dialect): string[] {
  const { encoding } = text;
  const parts: string[] = [];
  if (dialect.encoding === 'auto' && encoding !== 'utf-8') parts.push(`as ${ENCODING_NAMES[encoding]}`);
  if (dialect.separator === 'auto' && layout.separator !== ',')
    parts.push(`with fields separated by ${SEPARATOR_NAMES[layout.separator]}`);
  if (layout.skip > 0) parts.push(`from its header in line ${scan.headerLine} on, leaving out what stands before`);
  if (scan.offset === 1) parts.push('without the row numbers in front, for which the header has no name');
  if (scan.fields > scan.header.length && scan.offset === 0)
    parts.push('without the separator at the end of every row');
  return parts;
}

/** What is the matter with rows that are the header again. */
export function repeatRemedy({ repeated: { rows, lines } }: CsvScan): Remedies {
  if (rows === 0) return {};
  const [which, them] = rows === 1 ? ['line', 'it'] : ['lines', 'them'];
  const shown = `${lines.slice(0, LINES_NAMED).join(', ')}${rows > LINES_NAMED ? ', ...' : ''}`;
  return {
    'not-a-number': `${which} ${shown} ${rows === 1 ? 'repeats' : 'repeat'} the header, as files that were joined do, so take ${them} out`,
  };
}

/** Lines that a message names. */
const LINES_NAMED = 5;

/** What is the matter with ragged rows. */
export function raggedRemedy({ header, otherFields }: CsvScan): Remedies {
  if (otherFields === null) return {};
  const counts = `the header has ${header.length} fields, these rows ${otherFields}`;
  const extra = otherFields - header.length;
  const remedy =
    extra === 1
      ? ', so name the column that the header lacks or take its values out'
      : extra > 1
        ? ', so take out what is too much, or quote fields that hold a separator, such as numbers with a decimal comma'
        : '';
  return { ragged: `${counts}${remedy}` };
}

const FLUSH_BYTES = 1 << 20;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;

const INVALID_BYTE = INVALID_FIELD.charCodeAt(0);

/**
 * Copies the whole records of an irregular CSV file to a strictly regular one: no header, the wanted fields only (so no
 * name ever reaches the disk), one line each, always quoted where needed. A line break inside a field becomes a space.
 * The n-th line of the copy is the n-th record that the scan counted.
 */
export async function rewriteCsv(options: {
  source: TextSource;
  place: string;
  layout: CsvLayout;
  /** Fields of a record. */
  fields: number;
  /** Indices of the wanted fields, in the order of the copy. */
  wanted: readonly number[];
  outputPath: string;
}): Promise<void> {
  const descriptor = openSync(options.outputPath, 'wx', 0o600);
  let out = Buffer.allocUnsafe(FLUSH_BYTES);
  let used = 0;
  const flush = (): void => {
    for (let written = 0; written < used;) written += writeSync(descriptor, out, written, used - written);
    used = 0;
  };
  const copy = (record: RawRecord): void => {
    // At most every byte doubled, two quotes and a comma a field.
    const needed = 2 * (record.end - record.start) + 3 * options.wanted.length + 1;
    if (used + needed > out.length) flush();
    if (needed > out.length) out = Buffer.allocUnsafe(needed);
    options.wanted.forEach((index, position) => {
      if (position > 0) out[used++] = COMMA;
      used = copyField(record, index, out, used);
    });
    out[used++] = LF;
  };
  let before = options.layout.skip + 1;
  const visit = (record: RawRecord): void => {
    if (isBlank(record)) return;
    if (before > 0) before -= 1;
    else if (isWhole(record, options.fields)) copy(record);
  };
  try {
    await splitRecords(options.source.pieces(), options.place, options.layout.separator, visit);
    flush();
  } finally {
    closeSync(descriptor);
  }
}

function copyField(record: RawRecord, index: number, out: Buffer, at: number): number {
  const start = fieldStart(record, index);
  const end = record.ends[index]!;
  if (!isFieldUtf8(record, index)) {
    out[at] = INVALID_BYTE;
    return at + 1;
  }
  const { bytes } = record;
  const quoted = bytes[start] === QUOTE;
  let to = at;
  if (!quoted) out[to++] = QUOTE;
  for (let from = start; from < end; from++) {
    const byte = bytes[from]!;
    if (byte === LF || byte === CR) out[to++] = SPACE;
    else {
      out[to++] = byte;
      if (byte === QUOTE && !quoted) out[to++] = QUOTE;
    }
  }
  if (!quoted) out[to++] = QUOTE;
  return to;
}
