import { isFaultReason, type RequestFault } from '../contracts/requests.js';
import { isModelName } from './partitions.js';

/** What a line of the prediction log says before its rows, or before the faults of a refused request. */
export interface LineHead {
  type: 'prediction' | 'refusal';
  id: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** A request of our own, which is not monitored. */
  own: boolean;
  model: string;
  version: number;
  sha256: string;
  /** Index of the first row within its request, 0 for a refusal. */
  offset: number;
}

/** A whole line of an answered request. */
interface PredictionLine extends LineHead {
  type: 'prediction';
  /** Rows in the order of `features`, `null` where a value was missing; `null` as a whole when not captured. */
  inputs: { features: string[]; rows: (number | null)[][] } | null;
  predictions: (0 | 1)[];
  scores: number[];
}

/** A whole line of a refused request; `faults` holds at least one. */
interface RefusalLine extends LineHead {
  type: 'refusal';
  faults: RequestFault[];
}

/** A head is never longer, in characters. */
const HEAD_CHARACTERS = 640;

/** The layout that our handler writes; a line in any other one is parsed for its head. */
const HEAD =
  /^\{"type":"(prediction|refusal)","id":"([\x20\x21\x23-\x5b\x5d-\x7e]{1,200})","time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)",("purpose":"[^"\\]{0,40}",)?"model":"([a-z0-9-]{1,63})","version":([1-9]\d{0,14}),"sha256":"([0-9a-f]{64})",(?:"offset":(0|[1-9]\d{0,8}),|"faults":)/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Reads the head of a line that our handler wrote; `null` for any other text. */
export function readHead(text: string): LineHead | null {
  const match = HEAD.exec(text);
  if (match === null) return null;
  const [, type, id, iso, purpose, model, version, sha256, offset] = match;
  if ((type === 'prediction') !== (offset !== undefined)) return null;
  const time = Date.parse(iso!);
  if (Number.isNaN(time) || !isModelName(model!)) return null;
  return {
    type: type as LineHead['type'],
    id: id!,
    time,
    own: purpose !== undefined,
    model: model!,
    version: Number(version),
    sha256: sha256!,
    offset: Number(offset ?? 0),
  };
}

/** Reads a line of the prediction log in any layout of JSON; `null` when it is none: torn, of another type, lengths that differ, numbers that are none. */
export function parseLine(text: string): PredictionLine | RefusalLine | null {
  const line = parseObject(text);
  const head = line && headIn(line);
  if (!line || !head) return null;
  if (head.type === 'refusal') {
    const { faults } = line;
    return isListOf(faults, isFault) && faults.length > 0 ? { ...head, type: 'refusal', offset: 0, faults } : null;
  }
  const { offset, predictions, scores } = line;
  if (!isCount(offset) || !isListOf(predictions, isClass) || !isListOf(scores, isShare)) return null;
  const inputs = readInputs(line['features'], line['inputs'], scores.length);
  if (inputs === undefined || predictions.length !== scores.length) return null;
  return { ...head, type: 'prediction', offset, inputs, predictions, scores };
}

function headIn(line: Record<string, unknown>): Omit<LineHead, 'offset'> | null {
  const { type, id, time, model, version, sha256, purpose } = line;
  if (type !== 'prediction' && type !== 'refusal') return null;
  const texts = typeof id === 'string' && id !== '' && typeof model === 'string' && isModelName(model);
  if (!texts || typeof sha256 !== 'string' || !SHA256.test(sha256)) return null;
  const at = typeof time === 'string' && TIME.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(at) || !isCount(version)) return null;
  return { type, id, time: at, own: purpose !== undefined && purpose !== null, model, version, sha256 };
}

function readInputs(features: unknown, rows: unknown, count: number): PredictionLine['inputs'] | undefined {
  if (features === undefined && rows === undefined) return null;
  if (!isFeatureList(features) || !Array.isArray(rows) || rows.length !== count) return undefined;
  const isRow = (row: unknown): row is (number | null)[] => isListOf(row, isInput) && row.length === features.length;
  return isListOf(rows, isRow) ? { features, rows } : undefined;
}

/** Distinct names, at least one. */
const isFeatureList = (value: unknown): value is string[] =>
  isListOf(value, (name) => typeof name === 'string') && value.length > 0 && new Set(value).size === value.length;

/** The object that a line of JSON holds, `null` for anything else. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null; // torn or no JSON: the caller counts it
  }
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isClass = (value: unknown): value is 0 | 1 => value === 0 || value === 1;
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
const isFault = (value: unknown): value is RequestFault => {
  const { reason, feature } = (value ?? {}) as Record<string, unknown>;
  return isFaultReason(reason) && (feature === null || typeof feature === 'string');
};
const isInput = (value: unknown): value is number | null => value === null || Number.isFinite(value);

/** Rows that a line brought, and how they lie; `layout` is `null` for a line without inputs. */
interface LineRows {
  count: number;
  layout: Layout | null;
}

/**
 * One line of a captured file. Its head is read at once and its rows when they are wanted, so that lines of other models,
 * versions and times cost little.
 */
export class CapturedLine {
  /** `null` when the line is no record of a request. */
  readonly head: LineHead | null;
  private readonly parsed: ReturnType<typeof parseLine> = null;

  /** `start` to `end` without the line break. */
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.head = readHead(bytes.toString('latin1', start, Math.min(end, start + HEAD_CHARACTERS)));
    if (this.head === null) this.head = this.parsed = this.parse();
  }

  /** What was wrong with a refused request; `null` when the line is broken, or of no refused request. */
  faults(): RequestFault[] | null {
    const line = this.parsed ?? this.parse();
    return line?.type === 'refusal' ? line.faults : null;
  }

  /** Writes the rows behind those of `buffer` without counting them there; `null` when the line is broken. */
  readInto(buffer: RowBuffer): LineRows | null {
    const line = this.parsed ?? this.parse();
    if (line?.type !== 'prediction') return null;
    const { inputs, predictions, scores } = line;
    buffer.reserve(scores.length);
    const { rows, columns } = buffer;
    const layout = inputs && buffer.layoutOf(inputs.features);
    if (inputs && layout)
      for (const [j, target] of layout.targets.entries()) {
        const column = columns[target];
        if (column) for (let i = 0; i < scores.length; i++) column[rows + i] = inputs.rows[i]![j] ?? NaN;
      }
    buffer.blank(layout, scores.length);
    buffer.scores.set(scores, rows);
    buffer.predictions.set(predictions, rows);
    return { count: scores.length, layout };
  }

  private parse(): ReturnType<typeof parseLine> {
    return parseLine(this.bytes.toString('utf8', this.start, this.end));
  }
}

const FIRST_CAPACITY = 1024;

/** Where the values of a line go: for each of its names the position among the wanted features, -1 for none. */
interface Layout {
  targets: Int32Array;
  /** Wanted features that the line lacks. */
  missing: string[];
  /** Names of the line that are not wanted. */
  unknown: string[];
}

/**
 * Rows as columns that grow. Rows are written behind `rows` and count once `rows` is moved behind them, so that a line
 * that turns out to be broken leaves nothing.
 */
export class RowBuffer {
  rows = 0;
  /** One column a feature, NaN where a value is missing. */
  columns: Float64Array[];
  scores = new Float64Array(FIRST_CAPACITY);
  predictions = new Uint8Array(FIRST_CAPACITY);
  private readonly layouts = new Map<string, Layout>();

  constructor(readonly features: readonly string[]) {
    this.columns = features.map(() => new Float64Array(FIRST_CAPACITY));
  }

  /** Makes room for so many rows behind those that count. */
  reserve(more: number): void {
    const needed = this.rows + more;
    if (needed <= this.scores.length) return;
    const capacity = Math.max(needed, this.scores.length * 2);
    const widened = <A extends Float64Array | Uint8Array>(empty: A, old: A): A => {
      empty.set(old.subarray(0, this.rows));
      return empty;
    };
    // One by one: the old column can go before the next is made.
    for (let j = 0; j < this.columns.length; j++)
      this.columns[j] = widened(new Float64Array(capacity), this.columns[j]!);
    this.scores = widened(new Float64Array(capacity), this.scores);
    this.predictions = widened(new Uint8Array(capacity), this.predictions);
  }

  /** The layout of lines with these names, the same object for the same names. */
  layoutOf(names: readonly string[]): Layout {
    const key = JSON.stringify(names);
    const layout = this.layouts.get(key) ?? {
      targets: Int32Array.from(names, (name) => this.features.indexOf(name)),
      missing: this.features.filter((name) => !names.includes(name)),
      unknown: names.filter((name) => !this.features.includes(name)),
    };
    this.layouts.set(key, layout);
    return layout;
  }

  /** Marks what `layout` has no value for, or all features without one, as missing in `count` rows behind those that count. */
  blank(layout: Layout | null, count: number): void {
    const { rows, columns, features } = this;
    for (const name of layout?.missing ?? features) columns[features.indexOf(name)]!.fill(NaN, rows, rows + count);
  }
}
