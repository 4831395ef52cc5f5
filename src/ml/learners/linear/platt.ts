import { sigmoid } from '../../../model/calibration.js';
import { countPositives } from '../../table.js';

const MAX_ITERATIONS = 100;
const MAX_HALVINGS = 30;
/** Newton stops when the loss a row falls by less. */
const LOSS_TOLERANCE = 1e-12;
/** Added to the Hessian's diagonal, against values that are all the same. */
const RIDGE = 1e-12;

/** Probability 1 / (1 + exp(-(intercept + slope * value))). */
export interface SigmoidFit {
  intercept: number;
  slope: number;
}

/**
 * Platt's scaling with his smoothed targets (Platt 1999), by Newton's method with halved steps (Lin, Lin & Weng 2007, A
 * Note on Platt's Probabilistic Outputs). A slope below 0 would turn the order of values round; then the probability is
 * constant.
 * @param x n finite values, at least one, that rise with the probability of class 1
 * @param labels n classes, 0 or 1
 */
export function fitSigmoid(x: Float64Array, labels: Uint8Array): SigmoidFit {
  const positives = countPositives(labels);
  const negatives = labels.length - positives;
  const targets = [1 / (negatives + 2), (positives + 1) / (positives + 2)] as const;
  const y = Float64Array.from(labels).map((label) => (label === 1 ? targets[1] : targets[0]));
  const mean = y.reduce((sum, target) => sum + target, 0) / y.length;
  const constant = { intercept: Math.log(mean / (1 - mean)), slope: 0 };
  let fit: SigmoidFit = constant;
  let loss = lossOf(fit, x, y);
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const next = descend(fit, loss, x, y);
    if (next === null) break;
    const gain = loss - next.loss;
    ({ fit, loss } = next);
    if (gain < LOSS_TOLERANCE * x.length) break;
  }
  return fit.slope > 0 ? fit : constant;
}

/** Cross-entropy of the targets. */
function lossOf({ intercept, slope }: SigmoidFit, x: Float64Array, y: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < x.length; i++) {
    const margin = intercept + slope * x[i]!;
    loss += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(margin, 0) - y[i]! * margin;
  }
  return loss;
}

/** One Newton step, halved until the loss falls; `null` when it does not. */
function descend(
  fit: SigmoidFit,
  loss: number,
  x: Float64Array,
  y: Float64Array,
): { fit: SigmoidFit; loss: number } | null {
  let [g0, g1, h00, h01, h11] = [0, 0, RIDGE, 0, RIDGE];
  for (let i = 0; i < x.length; i++) {
    const probability = sigmoid(fit.intercept + fit.slope * x[i]!);
    const residual = probability - y[i]!;
    const weight = probability * (1 - probability);
    g0 += residual;
    g1 += residual * x[i]!;
    h00 += weight;
    h01 += weight * x[i]!;
    h11 += weight * x[i]! * x[i]!;
  }
  const determinant = h00 * h11 - h01 * h01;
  const step = { intercept: (h11 * g0 - h01 * g1) / determinant, slope: (h00 * g1 - h01 * g0) / determinant };
  for (let halving = 0, size = 1; halving < MAX_HALVINGS; halving++, size /= 2) {
    const tried = { intercept: fit.intercept - size * step.intercept, slope: fit.slope - size * step.slope };
    const found = lossOf(tried, x, y);
    if (found < loss) return { fit: tried, loss: found };
  }
  return null;
}
