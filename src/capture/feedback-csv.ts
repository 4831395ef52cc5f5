import { basename } from 'node:path';
import type { TargetDefinition } from '../contracts/definition.js';
import type { PipelineFailure } from '../contracts/failures.js';
import { predictionIdOf } from '../contracts/requests.js';
import { fieldText, isBlank, splitRecords, type RawRecord } from '../data/csv-records.js';
import { isWhole } from '../data/csv-scan.js';
import { type CsvTable, readLayout } from '../data/csv-table.js';
import { dataFault, codeOf } from '../data/data-fault.js';
import { missingWords, labelOfText, labelSpellings } from '../data/spellings.js';
import type { Label } from './known-labels.js';

const HEADER = 'id,label or id,label,row';
const ROW = /^\d{1,9}(?:\.0+)?$/;

/** Headers that mean the same, the first that a file has counts. */
const NAMES = { id: ['id', 'prediction_id', 'request_id'], label: ['label', 'actual'], row: ['row'] } as const;

/** What programs write for a label that is not known yet, or for the row of a single prediction. */
const BLANKS = new Set(missingWords([]).words);

/** One line of a file of labels. */
export interface LabelRecord {
  id: string;
  /** Index of the row within its request, `null` when the line does not say. */
  row: number | null;
  label: Label;
  /** Physical line in the file, 1 = header. */
  line: number;
}

/** What a file of labels holds. */
interface LabelFile {
  records: LabelRecord[];
  /** Lines whose label is not known yet. */
  blanks: number;
}

/**
 * Reads a CSV file of labels: a header with `id` and `label`, and `row` for those of a batch, in any order, then a record
 * a label. It may be written in all the ways in which a data set may. Other columns are passed over, and so are lines
 * whose label is blank.
 * @param spellings compared as those of a data set are; the names of the classes count too, and where the definition spells
 *   no numbers `0`, `1`, `true` and `false`
 * @throws PipelineFailure `DataContract` for the first record that cannot be taken, with its line and how many there
 * are, and what `readLayout` throws; never with what a field holds
 */
export async function readLabels(path: string, spellings: Spellings, signal?: AbortSignal): Promise<LabelFile> {
  const place = basename(path);
  try {
    const wanted = [isOneOf(NAMES.id), isOneOf(NAMES.label)];
    const dialect = { encoding: 'auto', separator: 'auto' } as const;
    const table = await readLayout(path, place, wanted, { dialect, signal, formats: 'CSV' });
    return await readTable(table, place, labelWords(spellings));
  } catch (error) {
    const sentence = UNREADABLE[codeOf(error)];
    throw sentence === undefined ? error : dataFault(place, sentence);
  }
}

const UNREADABLE: Partial<Record<string, string>> = {
  ENOENT: 'does not exist; check the path after --file',
  ENOTDIR: 'does not exist; check the path after --file',
  EISDIR: 'is a directory; name one CSV file',
  EACCES: 'may not be read by this user; grant read permission',
};

async function readTable(table: CsvTable, place: string, words: LabelWords): Promise<LabelFile> {
  const { text, layout, scan } = table;
  const columns = findColumns(table, place);
  const found: LabelFile = { records: [], blanks: 0 };
  let [first, refused] = ['', 0];
  const visit = (record: RawRecord): void => {
    if (isBlank(record) || record.line === scan.headerLine) return;
    if (record.line < scan.headerLine && !hasId(record)) return;
    const read = record.line < scan.headerLine ? BEFORE_HEADER : readRecord(record, columns, words);
    if (read === null) found.blanks++;
    else if (typeof read !== 'string') found.records.push(read);
    else if (refused++ === 0) first = `line ${record.line} ${read}`;
  };
  await splitRecords(text.pieces(), place, layout.separator, visit);
  if (refused === 0) return found;
  throw refusedLines(place, first, refused);
}

/** @param sentence what is wrong with the first of the lines that cannot be taken */
export function refusedLines(place: string, sentence: string, lines: number): PipelineFailure {
  const all = lines === 1 ? 'no other line is refused' : `${lines} lines are refused in all`;
  return dataFault(place, `${sentence}; ${all}, and no label was taken`);
}

/** Positions within a record, of which the header may have fewer. */
interface Columns {
  id: number;
  label: number;
  /** -1 when the file has no such column. */
  row: number;
  /** Fields of the header. */
  named: number;
  /** Fields of a record. */
  fields: number;
}

function findColumns({ scan }: CsvTable, place: string): Columns {
  const names = scan.header.map(plain);
  const positionOf = (wanted: readonly string[]): number => {
    const name = wanted.find((known) => names.includes(known));
    // Of two columns of one name nobody can say which is meant.
    if (name === undefined || names.indexOf(name) !== names.lastIndexOf(name)) return -1;
    return names.indexOf(name) + scan.offset;
  };
  const columns = { id: positionOf(NAMES.id), label: positionOf(NAMES.label), row: positionOf(NAMES.row) };
  // Its words are not repeated: a file without a header begins with data.
  if (columns.id < 0 || columns.label < 0) throw headerFailure(place, scan.headerLine);
  return { ...columns, named: names.length, fields: scan.fields };
}

const headerFailure = (place: string, line: number): PipelineFailure =>
  dataFault(
    place,
    `line ${line} is not the header ${HEADER}; name these columns once each, separated by commas, in double quotes or none`,
  );

/** What is wrong with a label of a file that was sorted with its header. */
const BEFORE_HEADER = `has a label before the header; put the header ${HEADER} first`;

/** Whether a record before the header is more than a title. */
const hasId = (record: RawRecord): boolean =>
  Array.from({ length: record.fields }, (_, field) => fieldText(record, field)).some(
    (text) => predictionIdOf(text) !== null,
  );

/** The record, `null` where the label is not known yet, or what is wrong with it. */
function readRecord(record: RawRecord, columns: Columns, words: LabelWords): LabelRecord | null | string {
  if (!isWhole(record, columns.fields))
    return `has ${record.fields} fields where the header has ${columns.named}, or text behind a closing quote; mend the line`;
  const text = fieldText(record, columns.label);
  const label = words.labelOf(text);
  if (label === undefined && BLANKS.has(plain(text))) return null;
  const name = fieldText(record, columns.id);
  const id = predictionIdOf(name);
  if (id === null)
    return isOneOf(NAMES.id)(name) && isOneOf(NAMES.label)(text)
      ? 'repeats the header, as files that were joined do; take the line out'
      : 'has no prediction id, which is a UUID; give the id that the answer to the request had';
  const row = columns.row < 0 ? '' : plain(fieldText(record, columns.row));
  const isOfSingle = BLANKS.has(row);
  if (!isOfSingle && !ROW.test(row))
    return 'has a row that is no whole number from 0 on; give the index of the row within its request';
  if (label === undefined) return `has a label that the definition does not know; write ${words.known.join(', ')}`;
  return { id, row: isOfSingle ? null : Number(row), label, line: record.line };
}

const plain = (text: string): string => text.trim().toLowerCase();

const isOneOf =
  (known: readonly string[]) =>
  (text: string): boolean =>
    known.includes(plain(text));

/** Spellings whose class is remembered: a file has few. */
const MAX_WORDS = 1000;

/** How labels are spelled: the definition's own spellings, and how it calls the classes. */
export type Spellings = Pick<TargetDefinition, 'labels' | 'positive' | 'negative'>;

/** Reads labels: as the definition spells them, as it calls the classes, and plainly where it spells no numbers of its own. */
interface LabelWords {
  labelOf: (text: string) => Label | undefined;
  /** What to write. */
  known: string[];
}

function labelWords({ labels, positive, negative }: Spellings): LabelWords {
  const own = labelSpellings(labels);
  const named = labelSpellings({ [negative]: 0, [positive]: 1 });
  const zeroAndOne = own.numbers.length === 0 ? labelSpellings({ 0: 0, 1: 1 }) : null;
  const found = new Map<string, Label | undefined>();
  const find = (text: string): Label | undefined =>
    labelOfText(own, text) ?? labelOfText(named, text) ?? (zeroAndOne ? labelOfText(zeroAndOne, text) : undefined);
  const labelOf = (text: string): Label | undefined => {
    if (!found.has(text) && found.size < MAX_WORDS) found.set(text, find(text));
    return found.has(text) ? found.get(text) : find(text);
  };
  return { labelOf, known: [...Object.keys(labels), ...(zeroAndOne === null ? [] : ['0', '1'])] };
}
