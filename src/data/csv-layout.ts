import type { Dialect } from '../contracts/definition.js';
import { fieldText, isBlank, splitStart, type RawRecord } from './csv-records.js';
import { plain } from './headers.js';
import { firstBytes, type TextSource } from './text-source.js';

/** How far a header is looked for. */
const SEARCHED_BYTES = 1 << 18;
const SEARCHED_RECORDS = 50;

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

const fieldTexts = (record: RawRecord): string[] =>
  Array.from({ length: record.fields }, (_, index) => fieldText(record, index));
