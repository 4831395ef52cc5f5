import type { GradientBoostingOptions } from './options.js';
import type { Tree } from '../tree/check.js';
import { type FeatureLevels, type LevelCut, Thresholds, addNode, emptyTree, turnIntoSplit } from '../tree/growing.js';
import { type BoostedRows, PER_LEVEL, type Stretch } from './boosted-rows.js';

/** A fall of the loss below this, in nats over all rows, is rounding noise. */
const LEAST_GAIN = 1e-7;
/** Newton's step of a leaf, before the learning rate, is at most this many log-odds: further its parabola misleads. */
const MOST_STEP = 10;
/** Decimals of a leaf's log-odds. */
const STEP_SCALE = 1e7;
/** A side whose Hessians sum to less (LightGBM's and scikit-learn's 1e-3) says nothing about where its minimum is. */
const LEAST_HESSIAN = 1e-3;

/** First and second derivative of the loss by the log-odds, summed over rows. */
interface GradientSums {
  gradient: number;
  hessian: number;
}

interface Node extends Stretch, GradientSums {
  depth: number;
}

/** Grows regression trees on the derivatives of the same rows; scratch memory is shared, so it is not re-entrant. */
export class GradientTreeGrower {
  readonly #pool: Float64Array[] = [];
  readonly #thresholds: Thresholds;
  #tree = emptyTree();

  constructor(
    private readonly rows: BoostedRows,
    private readonly features: FeatureLevels[],
    private readonly options: Omit<GradientBoostingOptions, 'trees'>,
  ) {
    this.#thresholds = new Thresholds(features);
  }

  /** Grows one tree by the greatest fall of the loss, depth first, and moves the rows by its values. */
  grow(): Tree {
    this.#tree = emptyTree();
    const all = this.rows.startTree();
    const histogram = this.#count(all);
    const root: Node = { ...all, ...sumLevels(histogram, this.features[0]!.low.length), depth: 0 };
    const splits = this.#canSplit(root);
    if (!splits) this.#pool.push(histogram);
    this.#branch(root, splits ? histogram : null);
    return this.#tree;
  }

  #canSplit({ start, end, depth, hessian }: Node): boolean {
    const { maxDepth, minLeafRows } = this.options;
    return depth < maxDepth && end - start >= 2 * minLeafRows && hessian >= 2 * LEAST_HESSIAN;
  }

  #count(stretch: Stretch): Float64Array {
    const histogram = this.#pool.pop()?.fill(0) ?? this.rows.emptyHistogram();
    this.rows.count(histogram, stretch);
    return histogram;
  }

  /** Adds a node and all below it, and returns its index. @param histogram given up; `null` for what cannot split */
  #branch(node: Node, histogram: Float64Array | null): number {
    const cut = histogram === null ? null : this.#bestCut(node, histogram);
    if (histogram === null || cut === null) {
      if (histogram !== null) this.#pool.push(histogram);
      return this.#settle(node);
    }
    const index = addNode(this.#tree, 0);
    turnIntoSplit(this.#tree, index, cut.feature, this.#thresholds.of(cut));
    const [left, right] = this.#childrenOf(node, cut);
    const leftIsSmall = left.end - left.start <= right.end - right.start;
    const [small, large] = this.#divide(histogram, leftIsSmall ? left : right, leftIsSmall ? right : left);
    this.#tree.left[index] = this.#branch(left, leftIsSmall ? small : large);
    this.#tree.right[index] = this.#branch(right, leftIsSmall ? large : small);
    return index;
  }

  #childrenOf(node: Node, cut: GradientCut): [Node, Node] {
    const middle = this.rows.partition(node, cut.feature, cut.level);
    const depth = node.depth + 1;
    const { gradient, hessian } = cut;
    const [restOfGradient, restOfHessian] = [node.gradient - gradient, node.hessian - hessian];
    return [
      { start: node.start, end: middle, depth, gradient, hessian },
      { start: middle, end: node.end, depth, gradient: restOfGradient, hessian: restOfHessian },
    ];
  }

  /** Histograms of two children, `null` for one that cannot split; the parent's becomes that of the larger. */
  #divide(histogram: Float64Array, small: Node, large: Node): [Float64Array | null, Float64Array | null] {
    const largeSplits = this.#canSplit(large);
    const smallSplits = this.#canSplit(small);
    const counted = largeSplits || smallSplits ? this.#count(small) : null;
    if (counted !== null && largeSplits) subtractGradients(histogram, counted);
    else this.#pool.push(histogram);
    if (counted !== null && !smallSplits) this.#pool.push(counted);
    return [smallSplits ? counted : null, largeSplits ? histogram : null];
  }

  #bestCut({ start, end, gradient, hessian }: Node, histogram: Float64Array): GradientCut | null {
    const { features, options, rows } = this;
    const gain = gainOf(gradient, hessian, options.l2Regularization) + 2 * LEAST_GAIN;
    const best: GradientCut = { feature: -1, level: 0, nextLevel: 0, gradient: 0, hessian: 0, gain };
    const node = { rows: end - start, gradient, hessian };
    for (let f = 0; f < features.length; f++) {
      improveGain(best, f, histogram, rows.offsetOf(f), features[f]!.low.length, node, options);
    }
    return best.feature < 0 ? null : best;
  }

  /** Adds a leaf, whose step is Newton's: -G / (H + lambda). */
  #settle(node: Node): number {
    const { l2Regularization, learningRate } = this.options;
    const step = -node.gradient / Math.max(node.hessian + l2Regularization, LEAST_HESSIAN);
    const bounded = Math.min(Math.max(step, -MOST_STEP), MOST_STEP);
    const value = Math.round(bounded * learningRate * STEP_SCALE) / STEP_SCALE + 0; // -0 would not survive JSON
    this.rows.step(node, value);
    return addNode(this.#tree, value);
  }
}

/** The best cut of a node; the sums are of the rows that go left. */
interface GradientCut extends LevelCut, GradientSums {
  /** Of both sides together, see {@link gainOf}. */
  gain: number;
}

interface CutLimits {
  minLeafRows: number;
  l2Regularization: number;
}

/** Twice the fall of the loss, to second order, when rows get the best common step: G^2 / (H + lambda). */
function gainOf(gradient: number, hessian: number, l2Regularization: number): number {
  return (gradient * gradient) / (hessian + l2Regularization);
}

/** Sums over all rows of a histogram, read from its first feature's levels. */
function sumLevels(histogram: Float64Array, levels: number): GradientSums {
  let gradient = 0;
  let hessian = 0;
  for (let slot = 0; slot < PER_LEVEL * levels; slot += PER_LEVEL) {
    gradient += histogram[slot]!;
    hessian += histogram[slot + 1]!;
  }
  return { gradient, hessian };
}

/** Takes one histogram from another, in place: what is left is the sibling's. */
function subtractGradients(histogram: Float64Array, part: Float64Array): void {
  for (let i = 0; i < histogram.length; i++) histogram[i]! -= part[i]!;
}

/**
 * Improves `best` with the cut of one feature that lowers the loss most; the first wins a tie.
 * @param offset where the feature's levels begin in the histogram
 * @param node number and sums of its rows
 */
function improveGain(
  best: GradientCut,
  feature: number,
  histogram: Float64Array,
  offset: number,
  levels: number,
  node: GradientSums & { rows: number },
  { minLeafRows, l2Regularization }: CutLimits,
): void {
  const { rows, gradient: allGradient, hessian: allHessian } = node;
  let gain = best.gain;
  let leftRows = 0;
  let gradient = 0;
  let hessian = 0;
  let level = -1;
  for (let next = 0; next < levels; next++) {
    const slot = offset + PER_LEVEL * next;
    const here = histogram[slot + 2]!;
    if (here === 0) continue;
    const rightHessian = allHessian - hessian;
    if (rows - leftRows < minLeafRows || rightHessian < LEAST_HESSIAN) break;
    if (leftRows >= minLeafRows && hessian >= LEAST_HESSIAN) {
      const left = gainOf(gradient, hessian, l2Regularization);
      const both = left + gainOf(allGradient - gradient, rightHessian, l2Regularization);
      if (both > gain) {
        gain = both;
        best.feature = feature;
        best.level = level;
        best.nextLevel = next;
        best.gradient = gradient;
        best.hessian = hessian;
      }
    }
    leftRows += here;
    gradient += histogram[slot]!;
    hessian += histogram[slot + 1]!;
    level = next;
  }
  best.gain = gain;
}
