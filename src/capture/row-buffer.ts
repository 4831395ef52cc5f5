const FIRST_CAPACITY = 1024;

/** Where the values of a line go: for each of its names the position among the wanted features, -1 for none. */
export interface Layout {
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
