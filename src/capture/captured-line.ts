import { JsonCursor } from './json-cursor.js';
import {
  HEAD_CHARACTERS,
  isFeatureList,
  type LineHead,
  parsePrediction,
  type PredictionLine,
  readHead,
} from './prediction-line.js';
import type { Layout, RowBuffer } from './row-buffer.js';

const COMMA = 44;
const ZERO = 48;
const ONE = 49;
const OPEN = 91;
const CLOSE = 93;

/** Fewest bytes that a row can take: a prediction, a score and their commas. */
const ROW_BYTES = 4;

/** Rows that a line brought, and how they lie; `layout` is `null` for a line without inputs. */
export interface LineRows {
  count: number;
  layout: Layout | null;
}

/**
 * One line of a captured file. Its head is read at once, its rows when they are wanted. A line in the layout that our
 * handler writes is read from its bytes, which takes less than half the time of `JSON.parse`; any other one is parsed.
 */
export class CapturedLine {
  /** `null` when the line is no prediction record. */
  readonly head: LineHead | null;
  private readonly bodyAt: number;
  private readonly parsed: PredictionLine | null = null;

  /** `start` to `end` without the line break; another byte must follow. */
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {
    const known = readHead(bytes.toString('latin1', start, Math.min(end, start + HEAD_CHARACTERS)));
    this.bodyAt = known === null ? 0 : start + known.length;
    if (known === null) this.parsed = this.parse();
    this.head = known?.head ?? this.parsed;
  }

  /** Writes the rows behind those of `buffer` without counting them there; `null` when the line is broken. */
  readInto(buffer: RowBuffer): LineRows | null {
    if (this.bodyAt !== 0) {
      buffer.reserve(Math.ceil((this.end - this.bodyAt) / ROW_BYTES));
      const rows = readBody(this.bytes, this.bodyAt, this.end, buffer);
      if (rows !== null) return rows;
    }
    const parsed = this.parsed ?? this.parse();
    return parsed === null ? null : copyRows(parsed, buffer);
  }

  private parse(): PredictionLine | null {
    return parsePrediction(this.bytes.toString('utf8', this.start, this.end));
  }
}

/** Reads what follows the head of a line in our handler's layout; `null` for any other, broken or not. */
function readBody(bytes: Buffer, from: number, end: number, buffer: RowBuffer): LineRows | null {
  const cursor = new JsonCursor(bytes, from);
  let layout: Layout | null = null;
  let count = -1;
  if (cursor.skip('"features":')) {
    const close = bytes.indexOf(CLOSE, cursor.at) + 1;
    if (close === 0 || close > end) return null;
    const json = bytes.toString('utf8', cursor.at, close);
    layout = buffer.layoutOf(json, () => namesOf(json));
    cursor.at = close;
    if (layout === null || !cursor.skip(',"inputs":[')) return null;
    count = readInputs(cursor, layout.targets, buffer);
    if (count < 0 || !cursor.skip('],')) return null;
  }
  if (!cursor.skip('"predictions":[')) return null;
  const predictions = readPredictions(cursor, buffer);
  if (!cursor.skip('],"scores":[')) return null;
  const scores = readScores(cursor, buffer);
  if (predictions !== scores || (layout !== null && scores !== count)) return null;
  if (!cursor.skip(']}') || cursor.at !== end) return null;
  buffer.blank(layout, scores);
  return { count: scores, layout };
}

/** Names in a JSON list; one that holds a bracket ends too soon here, and is read the long way. */
function namesOf(json: string): string[] | null {
  try {
    const names = JSON.parse(json) as unknown;
    return isFeatureList(names) ? names : null;
  } catch {
    return null; // no list of texts: the long way tells what it is
  }
}

/** Rows read, -1 when something else stands there. */
function readInputs(cursor: JsonCursor, targets: Int32Array, { columns, rows }: RowBuffer): number {
  const { bytes } = cursor;
  const width = targets.length;
  for (let row = rows; ; row++) {
    if (bytes[cursor.at] !== OPEN) return -1;
    for (let j = 0; j < width; j++) {
      cursor.at++;
      const value = cursor.number();
      if (!Number.isFinite(value) && !cursor.skip('null')) return -1;
      const target = targets[j]!;
      if (target >= 0) columns[target]![row] = value;
      if (bytes[cursor.at] !== (j + 1 < width ? COMMA : CLOSE)) return -1;
    }
    cursor.at++;
    if (bytes[cursor.at] !== COMMA) return row + 1 - rows;
    cursor.at++;
  }
}

/** Rows read; stops before anything that is no class. */
function readPredictions(cursor: JsonCursor, { predictions, rows }: RowBuffer): number {
  const { bytes } = cursor;
  for (let row = rows; ; row++) {
    const byte = bytes[cursor.at];
    if (byte !== ZERO && byte !== ONE) return row - rows;
    predictions[row] = byte - ZERO;
    cursor.at++;
    if (bytes[cursor.at] !== COMMA) return row + 1 - rows;
    cursor.at++;
  }
}

/** Rows read; stops before anything that is no probability. */
function readScores(cursor: JsonCursor, { scores, rows }: RowBuffer): number {
  const { bytes } = cursor;
  for (let row = rows; ; row++) {
    const value = cursor.number();
    if (!(value >= 0 && value <= 1)) return row - rows;
    scores[row] = value;
    if (bytes[cursor.at] !== COMMA) return row + 1 - rows;
    cursor.at++;
  }
}

function copyRows({ inputs, predictions, scores }: PredictionLine, buffer: RowBuffer): LineRows {
  const count = scores.length;
  buffer.reserve(count);
  const { rows, columns } = buffer;
  const layout = inputs === null ? null : buffer.layoutOf(JSON.stringify(inputs.features), () => inputs.features);
  buffer.blank(layout, count);
  inputs?.rows.forEach((values, i) =>
    layout?.targets.forEach((target, j) => {
      if (target >= 0) columns[target]![rows + i] = values[j]!;
    }),
  );
  buffer.scores.set(scores, rows);
  buffer.predictions.set(predictions, rows);
  return { count, layout };
}
