import { fieldText, type RawRecord } from './csv-records.js';
import { LINES_SHOWN, FaultyRows } from './data-fault.js';

/** How records of a CSV file are to be read. */
export interface FieldCount {
  /** Fields of each record. */
  fields: number;
  /** Fields in front that the header has no name for. */
  offset: 0 | 1;
  records: number;
  lines: LineMap;
  ragged: FaultyRows;
}

/** Records with one and the same number of fields, other than the header's. */
class Group {
  records = 0;
  readonly lines = new LineMap();
  readonly first = new FaultyRows();
  everyLastEmpty = true;
  /** The first fields count the rows, from 0 or 1. */
  numbered = true;
  private start = 0;

  add(record: RawRecord): void {
    if (this.everyLastEmpty && fieldText(record, record.fields - 1).trim() !== '') this.everyLastEmpty = false;
    if (this.numbered) {
      const text = fieldText(record, 0);
      if (this.records === 0) this.start = text === '0' ? 0 : 1;
      this.numbered = text === String(this.start + this.records);
    }
    this.lines.add(this.records++, record.line);
    this.first.add(record.line);
  }
}

/**
 * Sorts records by how many fields they have. Where not one has as many as the header, what is plainly meant is taken: every
 * row ends with one more separator, every row begins with its number, which the header has no name for, or the header
 * ends with separators that the rows lack.
 */
export class FieldCounts {
  private readonly own = { records: 0, lines: new LineMap() };
  private readonly longer = new Group();
  private readonly shorter = new Group();
  private readonly ragged = new FaultyRows();
  private readonly seen = new Set<number>();

  /** @param header its names, trimmed */
  constructor(private readonly header: readonly string[]) {}

  addOwn(line: number): void {
    this.own.lines.add(this.own.records++, line);
  }

  addOther(record: RawRecord): void {
    if (this.seen.size < 2) this.seen.add(record.fields);
    if (record.malformed) this.ragged.add(record.line);
    else if (record.fields === this.header.length + 1) this.longer.add(record);
    else if (record.fields === this.named) this.shorter.add(record);
    else this.ragged.add(record.line);
  }

  /** How many fields the rows have that the header does not fit, `null` when they differ. */
  get otherFields(): number | null {
    return this.seen.size === 1 ? [...this.seen][0]! : null;
  }

  decide(): FieldCount {
    const { header, own, longer, shorter, ragged } = this;
    const fields = header.length;
    if (own.records === 0 && longer.records > 0 && shorter.records === 0 && (longer.everyLastEmpty || longer.numbered))
      return {
        fields: fields + 1,
        offset: longer.everyLastEmpty ? 0 : 1,
        records: longer.records,
        lines: longer.lines,
        ragged,
      };
    if (own.records === 0 && shorter.records > 0 && longer.records === 0)
      return { fields: this.named, offset: 0, records: shorter.records, lines: shorter.lines, ragged };
    return { fields, offset: 0, ...own, ragged: merged([ragged, longer.first, shorter.first]) };
  }

  /** Names of the header without empty ones at its end. */
  private get named(): number {
    return this.header.findLastIndex((name) => name !== '') + 1;
  }
}

function merged(tallies: readonly FaultyRows[]): FaultyRows {
  const all = new FaultyRows();
  all.rows = tallies.reduce((sum, { rows }) => sum + rows, 0);
  all.lines.push(
    ...tallies
      .flatMap(({ lines }) => lines)
      .sort((a, b) => a - b)
      .slice(0, LINES_SHOWN),
  );
  return all;
}

/**
 * Physical line of each record. Stores only where the lines jump, so a regular file of any length takes one entry.
 */
class LineMap {
  private readonly indices: number[] = [];
  private readonly lines: number[] = [];

  /** Records come in order, index by index. */
  add(index: number, line: number): void {
    const last = this.indices.length - 1;
    if (last >= 0 && line - this.lines[last]! === index - this.indices[last]!) return;
    this.indices.push(index);
    this.lines.push(line);
  }

  /** Line of the record with this index, from 0. */
  lineOf(index: number): number {
    let low = 0;
    let high = this.indices.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.indices[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return this.lines[low]! + index - this.indices[low]!;
  }
}
