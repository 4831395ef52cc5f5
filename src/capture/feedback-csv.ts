import { basename } from 'node:path';
import type { TargetDefinition } from '../contracts/definition.js';
import type { PipelineFailure } from '../contracts/failures.js';
import { predictionIdOf } from '../contracts/prediction-id.js';
import { broken, codeOf } from '../data/broken.js';
import { fieldText, forEachRecord, type RawRecord } from '../data/csv-records.js';
import { labelOfText, labelSpellings } from '../data/labels.js';
import { missingWords } from '../data/missing-words.js';
import { isBlank, isWhole } from '../data/scan.js';
import type { Label } from './known-labels.js';

const HEADER = 'id,label or id,label,row';
const ROW = /^\d{1,9}(?:\.0+)?$/;

/** Headers that mean the same, the first that a file has counts. */
const NAMES = { id: ['id', 'prediction_id', 'request_id'], label: ['label', 'actual'], row: ['row'] } as const;

/** What programs write for a label that is not known yet, as for any other missing value. */
const BLANKS = new Set(missingWords([]).words);

/** Spellings whose class is remembered: a file has few. */
const MAX_WORDS = 1000;

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
export interface LabelFile {
  records: LabelRecord[];
  /** Lines whose label is not known yet. */
  blanks: number;
}

/** How labels are spelled: the definition's own spellings, and how it calls the classes. */
export type Spellings = Pick<TargetDefinition, 'labels' | 'positive' | 'negative'>;

/**
 * Reads a CSV file of labels: a header with `id` and `label`, and `row` for those of a batch, in any order, then a record
 * a label. Other columns are passed over, and so are lines whose label is blank.
 * @param spellings compared as those of a data set are; the names of the classes count too, and where the definition spells
 *   no numbers `0`, `1`, `true` and `false`
 * @throws PipelineFailure `DataContract` for the first record that cannot be taken, with its line and how many there
 * are, and what `forEachRecord` throws; never with what a field holds
 */
export async function readLabels(path: string, spellings: Spellings, signal?: AbortSignal): Promise<LabelFile> {
  const place = basename(path);
  const words = labelWords(spellings);
  const found: Found = { columns: null, records: [], blanks: 0, first: null, refused: 0 };
  const visit = (record: RawRecord): void => {
    if (isBlank(record)) return;
    if (found.columns === null) {
      found.columns = findColumns(record, place);
      return;
    }
    const read = readRecord(record, found.columns, words);
    if (read === null) found.blanks++;
    else if (typeof read !== 'string') found.records.push(read);
    else if (found.refused++ === 0) found.first = `line ${record.line} ${read}`;
  };
  try {
    await forEachRecord(path, place, visit, signal);
  } catch (error) {
    const sentence = UNREADABLE[codeOf(error)];
    throw sentence === undefined ? error : broken(place, sentence);
  }
  const { columns, records, blanks, first, refused } = found;
  if (columns === null) throw broken(place, `is empty; give a header ${HEADER} and a line for each label`);
  if (first === null) return { records, blanks };
  const all = refused === 1 ? 'no other line is refused' : `${refused} lines are refused in all`;
  throw broken(place, `${first}; ${all}, and no label was taken`);
}

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

const UNREADABLE: Partial<Record<string, string>> = {
  ENOENT: 'does not exist; check the path after --file',
  ENOTDIR: 'does not exist; check the path after --file',
  EISDIR: 'is a directory; name one CSV file',
  EACCES: 'may not be read by this user; grant read permission',
};

/** What reading has come to. */
interface Found {
  columns: Columns | null;
  records: LabelRecord[];
  blanks: number;
  /** What is wrong with the first line that is refused. */
  first: string | null;
  refused: number;
}

interface Columns {
  id: number;
  label: number;
  /** -1 when the file has no such column. */
  row: number;
  count: number;
}

function findColumns(record: RawRecord, place: string): Columns {
  const names = Array.from({ length: record.fields }, (_, index) => plain(fieldText(record, index)));
  const positionOf = (wanted: readonly string[]): number => {
    const name = wanted.find((known) => names.includes(known));
    // Of two columns of one name nobody can say which is meant.
    if (name === undefined || names.indexOf(name) !== names.lastIndexOf(name)) return -1;
    return names.indexOf(name);
  };
  const columns = { id: positionOf(NAMES.id), label: positionOf(NAMES.label), row: positionOf(NAMES.row) };
  // Its words are not repeated: a file without a header begins with data.
  if (columns.id < 0 || columns.label < 0) throw headerFailure(place);
  return { ...columns, count: names.length };
}

const headerFailure = (place: string): PipelineFailure =>
  broken(place, `line 1 is not the header ${HEADER}; name these columns once each, separated by commas`);

/** The record, `null` where the label is not known yet, or what is wrong with it. */
function readRecord(record: RawRecord, columns: Columns, words: LabelWords): LabelRecord | null | string {
  if (!isWhole(record, columns.count))
    return `has ${record.fields} fields where the header has ${columns.count}, or text behind a closing quote; mend the line`;
  const text = fieldText(record, columns.label);
  const label = words.labelOf(text);
  if (label === undefined && BLANKS.has(plain(text))) return null;
  const id = predictionIdOf(fieldText(record, columns.id));
  if (id === null) return 'has no prediction id, which is a UUID; give the id that the answer to the request had';
  const row = columns.row < 0 ? '' : fieldText(record, columns.row).trim();
  if (row !== '' && !ROW.test(row))
    return 'has a row that is no whole number from 0 on; give the index of the row within its request';
  if (label === undefined) return `has a label that the definition does not know; write ${words.known.join(', ')}`;
  return { id, row: row === '' ? null : Number(row), label, line: record.line };
}

const plain = (text: string): string => text.trim().toLowerCase();
