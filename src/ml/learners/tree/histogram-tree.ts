import type { Tree } from './check.js';
import type { Random } from '../../random.js';
import {
  type BinnedTable,
  partitionRows,
  Thresholds,
  addLeaf,
  emptyTree,
  turnIntoSplit,
  type LevelCut,
} from './growing.js';

/** The best cut of one feature in one node. */
interface Cut extends LevelCut {
  leftRows: number;
  leftPositives: number;
  /** Sum over both sides of (positives^2 + negatives^2) / rows: greater is purer. */
  purity: number;
}

/** (positives^2 + negatives^2) / rows; Gini impurity is 1 - this / rows. */
function purityOf(rows: number, positives: number): number {
  const negatives = rows - positives;
  return (positives * positives + negatives * negatives) / rows;
}

/** Counts the cells of `rows[start..end)` into `histogram` from `offset` on. */
function countCells(
  histogram: Int32Array,
  offset: number,
  cells: Uint16Array,
  rows: Int32Array,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) histogram[offset + cells[rows[i]!]!]!++;
}

/** Takes one histogram from another, in place: what is left is the sibling's. */
function subtractCounts(histogram: Int32Array, part: Int32Array): void {
  for (let i = 0; i < histogram.length; i++) histogram[i]! -= part[i]!;
}

/**
 * Improves `best` with the purest cut of one feature that leaves `minLeafRows` on both sides; the first wins a tie.
 * @param histogram counts by 2 * level + label, from `offset` on
 * @returns whether `best` changed
 */
function improveCut(
  best: Cut,
  feature: number,
  histogram: Int32Array,
  offset: number,
  levels: number,
  node: { rows: number; positives: number },
  minLeafRows: number,
): boolean {
  let leftRows = 0;
  let leftPositives = 0;
  let level = -1;
  let improved = false;
  for (let next = 0; next < levels; next++) {
    const negatives = histogram[offset + 2 * next]!;
    const positives = histogram[offset + 2 * next + 1]!;
    if (negatives + positives === 0) continue;
    const rightRows = node.rows - leftRows;
    if (rightRows < minLeafRows) break;
    if (leftRows >= minLeafRows) {
      const purity = purityOf(leftRows, leftPositives) + purityOf(rightRows, node.positives - leftPositives);
      if (purity > best.purity) {
        best.feature = feature;
        best.level = level;
        best.nextLevel = next;
        best.leftRows = leftRows;
        best.leftPositives = leftPositives;
        best.purity = purity;
        improved = true;
      }
    }
    leftRows += negatives + positives;
    leftPositives += positives;
    level = next;
  }
  return improved;
}

interface GrowthOptions {
  maxDepth: number;
  minLeafRows: number;
  /** Features tried per split, 1..d; more are tried while none of them can split. */
  featuresPerSplit: number;
}

/** A gain in purity below this share of the node's rows is rounding noise. */
const GAIN_NOISE = 1e-12;

/** A node that waits to be split: its rows are `rows[start..end)`. */
interface Node {
  index: number;
  start: number;
  end: number;
  rows: number;
  positives: number;
  depth: number;
}

/** Grows trees on one binned table; scratch memory is shared by all of them, so growing is not re-entrant. */
export class TreeGrower {
  readonly #offsets: Int32Array;
  readonly #pool: Int32Array[] = [];
  readonly #order: Int32Array;
  readonly #spill: Int32Array;
  readonly #thresholds: Thresholds;
  readonly #cells: number;
  /** Every histogram is kept and siblings are subtracted, unless so few features are tried that counting is cheaper. */
  readonly #subtracts: boolean;
  #rows: Int32Array = new Int32Array(0);
  #tree = emptyTree();

  constructor(
    private readonly table: BinnedTable,
    private readonly options: GrowthOptions,
  ) {
    const sizes = table.features.map(({ low }) => 2 * low.length);
    this.#offsets = Int32Array.from(sizes, (_, f) => sizes.slice(0, f).reduce((sum, size) => sum + size, 0));
    this.#cells = sizes.reduce((sum, size) => sum + size, 0);
    this.#order = Int32Array.from(sizes, (_, f) => f);
    this.#spill = new Int32Array(table.labels.length);
    this.#thresholds = new Thresholds(table.features);
    this.#subtracts = 2 * options.featuresPerSplit >= sizes.length;
  }

  /**
   * Grows one tree by the greatest decrease of Gini impurity, depth first.
   * @param rows row indices of the table, a row as often as it counts, at most n in all; reordered in place
   * @param random draws the features of each split; not used when all are tried
   */
  grow(rows: Int32Array, random: Random): Tree {
    this.#rows = rows;
    this.#tree = emptyTree();
    for (let f = 0; f < this.#order.length; f++) this.#order[f] = f;
    let positives = 0;
    for (let i = 0; i < rows.length; i++) positives += this.table.labels[rows[i]!]!;
    const index = addLeaf(this.#tree, rows.length, positives);
    const root: Node = { index, start: 0, end: rows.length, rows: rows.length, positives, depth: 0 };
    if (this.#canSplit(root)) {
      const histogram = this.#take();
      if (this.#subtracts) this.#countAll(histogram, root);
      this.#split(root, histogram, random);
      this.#pool.push(histogram);
    }
    return this.#tree;
  }

  #take(): Int32Array {
    return this.#pool.pop()?.fill(0) ?? new Int32Array(this.#cells);
  }

  #canSplit({ depth, rows, positives }: Node): boolean {
    const { maxDepth, minLeafRows } = this.options;
    return depth < maxDepth && rows >= 2 * Math.max(minLeafRows, 1) && positives > 0 && positives < rows;
  }

  #countAll(histogram: Int32Array, { start, end }: Node): void {
    for (let f = 0; f < this.#offsets.length; f++) {
      countCells(histogram, this.#offsets[f]!, this.table.cells[f]!, this.#rows, start, end);
    }
  }

  #bestCut(node: Node, histogram: Int32Array, random: Random): Cut {
    const { featuresPerSplit, minLeafRows } = this.options;
    const purity = purityOf(node.rows, node.positives) + GAIN_NOISE * node.rows;
    const best: Cut = { feature: -1, level: 0, nextLevel: 0, leftRows: 0, leftPositives: 0, purity };
    const order = this.#order;
    const all = order.length;
    for (let tried = 0; tried < all && (tried < featuresPerSplit || best.feature < 0); tried++) {
      if (featuresPerSplit < all) {
        const drawn = tried + random.below(all - tried);
        const kept = order[tried]!;
        order[tried] = order[drawn]!;
        order[drawn] = kept;
      }
      const feature = order[tried]!;
      const offset = this.#offsets[feature]!;
      const levels = this.table.features[feature]!.low.length;
      if (!this.#subtracts) {
        histogram.fill(0, offset, offset + 2 * levels);
        countCells(histogram, offset, this.table.cells[feature]!, this.#rows, node.start, node.end);
      }
      improveCut(best, feature, histogram, offset, levels, node, minLeafRows);
    }
    return best;
  }

  #split(node: Node, histogram: Int32Array, random: Random): void {
    const cut = this.#bestCut(node, histogram, random);
    if (cut.feature < 0) return;
    const depth = node.depth + 1;
    const { leftRows, leftPositives } = cut;
    const rightRows = node.rows - leftRows;
    const rightPositives = node.positives - leftPositives;
    const cells = this.table.cells[cut.feature]!;
    const middle = partitionRows(this.#rows, this.#spill, node, cells, cut.level);
    const left: Node = { ...node, index: -1, end: middle, rows: leftRows, positives: leftPositives, depth };
    const right: Node = { ...node, index: -1, start: middle, rows: rightRows, positives: rightPositives, depth };
    const [small, large] = leftRows <= rightRows ? [left, right] : [right, left];
    const splits = this.#canSplit(small) || this.#canSplit(large);
    const counted = splits ? this.#take() : histogram;
    if (splits && this.#subtracts) {
      this.#countAll(counted, small);
      if (this.#canSplit(large)) subtractCounts(histogram, counted);
    }
    turnIntoSplit(this.#tree, node.index, cut.feature, this.#thresholds.of(cut));
    for (const child of [left, right]) {
      child.index = addLeaf(this.#tree, child.rows, child.positives);
      if (child === left) this.#tree.left[node.index] = child.index;
      else this.#tree.right[node.index] = child.index;
      if (this.#canSplit(child)) this.#split(child, child === small ? counted : histogram, random);
    }
    if (splits) this.#pool.push(counted);
  }
}
