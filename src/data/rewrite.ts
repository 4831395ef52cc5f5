import { closeSync, openSync, writeSync } from 'node:fs';
import { INVALID_FIELD } from './cell-text.js';
import type { CsvLayout } from './csv-layout.js';
import { fieldStart, isBlank, splitRecords, type RawRecord } from './csv-records.js';
import { isFieldUtf8, isWhole } from './scan.js';
import type { TextSource } from './text-source.js';

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
