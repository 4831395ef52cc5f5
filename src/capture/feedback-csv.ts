import { basename } from 'node:path';
import type { PipelineFailure } from '../contracts/failures.js';
import { broken, codeOf } from '../data/broken.js';
import { fieldText, forEachRecord, type RawRecord } from '../data/csv-records.js';
import { isBlank, isWhole } from '../data/scan.js';
import type { Label } from './known-labels.js';

const HEADER = 'id,label or id,label,row';
const ID = /^[^\p{Cc}]{1,200}$/u;
const ROW = /^\d{1,9}$/;

/** One line of a file of labels. */
export interface LabelRecord {
  id: string;
  /** Index of the row within its request. */
  row: number;
  label: Label;
}

/**
 * Reads a CSV file of labels: a header `id,label` or `id,label,row` in any order, then a record a label; a row that is
 * empty is 0.
 * @param spellings Label spellings to classes, compared trimmed and case-insensitively; `0` and `1` always count
 * @throws PipelineFailure `DataContract` for the first record that cannot be taken, with its line and how many there
 * are, and what `forEachRecord` throws; never with what a field holds
 */
export async function readLabels(
  path: string,
  spellings: Record<string, Label>,
  signal?: AbortSignal,
): Promise<LabelRecord[]> {
  const place = basename(path);
  const labels = new Map<string, Label>([['0', 0], ['1', 1], ...Object.entries(spellings).map(plainSpelling)]);
  const found: Found = { columns: null, records: [], first: null, refused: 0 };
  const visit = (record: RawRecord): void => {
    if (isBlank(record)) return;
    if (found.columns === null) {
      found.columns = findColumns(record, place);
      return;
    }
    const read = readRecord(record, found.columns, labels, spellings);
    if (typeof read !== 'string') found.records.push(read);
    else if (found.refused++ === 0) found.first = `line ${record.line} ${read}`;
  };
  try {
    await forEachRecord(path, place, visit, signal);
  } catch (error) {
    const sentence = UNREADABLE[codeOf(error)];
    throw sentence === undefined ? error : broken(place, sentence);
  }
  const { columns, records, first, refused } = found;
  if (columns === null) throw broken(place, `is empty; give a header ${HEADER} and a line for each label`);
  if (first === null) return records;
  const all = refused === 1 ? 'no other line is refused' : `${refused} lines are refused in all`;
  throw broken(place, `${first}; ${all}, and no label was taken`);
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
  const names = Array.from({ length: record.fields }, (_, index) => fieldText(record, index).trim().toLowerCase());
  const [id, label, row] = ['id', 'label', 'row'].map((name) => names.indexOf(name)) as [number, number, number];
  const count = row < 0 ? 2 : 3;
  // Its words are not repeated: a file without a header begins with data.
  if (id < 0 || label < 0 || names.length !== count) throw headerFailure(place);
  return { id, label, row, count };
}

const headerFailure = (place: string): PipelineFailure =>
  broken(place, `line 1 is not the header ${HEADER}; name these columns, separated by commas, and no others`);

/** The record, or what is wrong with it. */
function readRecord(
  record: RawRecord,
  columns: Columns,
  labels: ReadonlyMap<string, Label>,
  spellings: Record<string, Label>,
): LabelRecord | string {
  if (!isWhole(record, columns.count))
    return `has ${record.fields} fields where the header has ${columns.count}, or text behind a closing quote; mend the line`;
  const id = fieldText(record, columns.id).trim();
  if (!ID.test(id))
    return 'has no prediction id of 1 to 200 characters; give the id that the answer to the request had';
  const row = columns.row < 0 ? '' : fieldText(record, columns.row).trim();
  if (row !== '' && !ROW.test(row))
    return 'has a row that is no whole number from 0 on; give the index of the row within its request';
  const label = labels.get(plain(fieldText(record, columns.label)));
  if (label === undefined)
    return `has a label that the definition does not know; write ${[...Object.keys(spellings), '0', '1'].join(', ')}`;
  return { id, row: Number(row), label };
}

const plain = (text: string): string => text.trim().toLowerCase();
const plainSpelling = ([spelling, label]: [string, Label]): [string, Label] => [plain(spelling), label];
