import type { RequestFault } from '../contracts/requests.js';
import { HEAD_CHARACTERS, type LineHead, parseLine, readHead } from './prediction-line.js';

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
