import { type BinnedTable, partitionRows } from '../tree/growing.js';

/** Numbers kept of each level: the sum of gradients, the sum of Hessians, and the rows. */
export const PER_LEVEL = 3;

/** Added and taken away again, it rounds a number of [-1, 1] to a multiple of 2^-24, which a float32 holds exactly. */
const GRAIN = 1.5 * 2 ** 28;
/** Odds are kept within this and its inverse; far before, their derivatives are 0. */
const MOST_ODDS = 1e150;

/** A stretch of rows in their present order. */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * The rows that are boosted: their levels, where the model has them, and the derivatives of the logistic loss there.
 * Derivatives are multiples of 2^-24, so that sums of them are exact and no order of rows is better than another.
 */
export class BoostedRows {
  /** n times d levels, row by row: all of a row is in one place of the memory. */
  #levels: Uint8Array;
  #cells: Uint16Array[];
  #labels: Uint8Array;
  #odds: Float64Array;
  /** n times first and second derivative by the log-odds: p - y and p * (1 - p). */
  #derivatives: Float32Array;
  readonly #order: Int32Array;
  readonly #spill: Int32Array;
  /** Numbers per feature in a histogram. */
  readonly #stride: number;

  /** @param table its arrays are not changed */
  constructor({ cells, features, labels }: BinnedTable) {
    const n = labels.length;
    this.#cells = cells;
    this.#labels = labels;
    this.#levels = levelsByRow(cells, n);
    this.#odds = new Float64Array(n).fill(1);
    this.#derivatives = new Float32Array(2 * n);
    this.#order = new Int32Array(n);
    this.#spill = new Int32Array(n);
    this.#stride = PER_LEVEL * Math.max(...features.map(({ low }) => low.length));
    this.startTree();
  }

  /** Puts the rows into their natural order, and returns all of them. */
  startTree(): Stretch {
    for (let i = 0; i < this.#order.length; i++) this.#order[i] = i;
    return { start: 0, end: this.#order.length };
  }

  /** Makes the present order the natural one: rows that a tree held together are likely to be asked for together. */
  keepOrder(): void {
    const pick = <T extends Uint8Array | Uint16Array | Float64Array>(values: T): T =>
      values.map((_, i) => values[this.#order[i]!]!) as T; // a map of a typed array has its type
    this.#cells = this.#cells.map(pick);
    this.#labels = pick(this.#labels);
    this.#odds = pick(this.#odds);
    this.#levels = levelsByRow(this.#cells, this.#labels.length);
    this.step(this.startTree(), 0);
  }

  /** A histogram for {@link count}, of zeros: gradient, Hessian and rows of each level, feature by feature. */
  emptyHistogram(): Float64Array {
    return new Float64Array(this.#stride * this.#cells.length);
  }

  /** Where a feature's levels begin in a histogram. */
  offsetOf(feature: number): number {
    return this.#stride * feature;
  }

  /** Adds the derivatives of a stretch to a histogram of all features. */
  count(histogram: Float64Array, stretch: Stretch): void {
    addGradients(histogram, this.#stride, this.#levels, this.#order, this.#derivatives, stretch);
  }

  /** Moves the rows up to a level to the front of a stretch, and returns where the others begin. */
  partition(stretch: Stretch, feature: number, level: number): number {
    return partitionRows(this.#order, this.#spill, stretch, this.#cells[feature]!, level);
  }

  /** Adds a value to the log-odds of a stretch, and works out the derivatives there. */
  step({ start, end }: Stretch, value: number): void {
    const [order, odds, labels, derivatives] = [this.#order, this.#odds, this.#labels, this.#derivatives];
    const factor = Math.exp(value);
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const now = Math.min(Math.max(odds[row]! * factor, 1 / MOST_ODDS), MOST_ODDS);
      odds[row] = now;
      const negative = 1 / (1 + now);
      const positive = now * negative;
      derivatives[2 * row] = positive - labels[row]! + GRAIN - GRAIN;
      derivatives[2 * row + 1] = positive * negative + GRAIN - GRAIN;
    }
  }
}

function levelsByRow(cells: Uint16Array[], rows: number): Uint8Array {
  const levels = new Uint8Array(rows * cells.length);
  cells.forEach((column, f) => {
    for (let i = 0; i < rows; i++) levels[i * cells.length + f] = column[i]! >> 1;
  });
  return levels;
}

/**
 * Adds `rows[start..end)` to a histogram of all features.
 * @param histogram `stride` numbers per feature, `PER_LEVEL` per level
 * @param levels n times d levels, row by row
 * @param gradients n times gradient and Hessian
 */
function addGradients(
  histogram: Float64Array,
  stride: number,
  levels: Uint8Array,
  rows: Int32Array,
  gradients: Float32Array,
  { start, end }: Stretch,
): void {
  const features = histogram.length / stride;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    const gradient = gradients[2 * row]!;
    const hessian = gradients[2 * row + 1]!;
    let next = row * features;
    for (let offset = 0; offset < histogram.length; offset += stride) {
      const slot = offset + PER_LEVEL * levels[next++]!;
      histogram[slot]! += gradient;
      histogram[slot + 1]! += hessian;
      histogram[slot + 2]! += 1;
    }
  }
}
