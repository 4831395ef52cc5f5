import type { LevelCut } from '../tree/growing.js';

/** Numbers kept of each level: the sum of gradients, the sum of Hessians, and the rows. */
export const PER_LEVEL = 3;
/** A side whose Hessians sum to less (LightGBM's and scikit-learn's 1e-3) says nothing about where its minimum is. */
export const LEAST_HESSIAN = 1e-3;

/** First and second derivative of the loss by the log-odds, summed over rows. */
export interface GradientSums {
  gradient: number;
  hessian: number;
}

/** The best cut of a node; the sums are of the rows that go left. */
export interface GradientCut extends LevelCut, GradientSums {
  /** Of both sides together, see {@link gainOf}. */
  gain: number;
}

export interface CutLimits {
  minLeafRows: number;
  l2Regularization: number;
}

/** Twice the fall of the loss, to second order, when rows get the best common step: G^2 / (H + lambda). */
export function gainOf(gradient: number, hessian: number, l2Regularization: number): number {
  return (gradient * gradient) / (hessian + l2Regularization);
}

/**
 * Adds `rows[start..end)` to a histogram of all features.
 * @param histogram `stride` numbers per feature, `PER_LEVEL` per level
 * @param levels n times d levels, row by row
 * @param gradients n times gradient and Hessian
 */
export function addGradients(
  histogram: Float64Array,
  stride: number,
  levels: Uint8Array,
  rows: Int32Array,
  gradients: Float32Array,
  { start, end }: { start: number; end: number },
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

/** Sums over all rows of a histogram, read from its first feature's levels. */
export function sumLevels(histogram: Float64Array, levels: number): GradientSums {
  let gradient = 0;
  let hessian = 0;
  for (let slot = 0; slot < PER_LEVEL * levels; slot += PER_LEVEL) {
    gradient += histogram[slot]!;
    hessian += histogram[slot + 1]!;
  }
  return { gradient, hessian };
}

/** Takes one histogram from another, in place: what is left is the sibling's. */
export function subtractGradients(histogram: Float64Array, part: Float64Array): void {
  for (let i = 0; i < histogram.length; i++) histogram[i]! -= part[i]!;
}

/**
 * Improves `best` with the cut of one feature that lowers the loss most; the first wins a tie.
 * @param offset where the feature's levels begin in the histogram
 * @param node number and sums of its rows
 */
export function improveGain(
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
