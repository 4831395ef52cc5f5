/** Log-odds of scores are bounded by those of this and of 1 less this: trees give 0 and 1. */
const SCORE_CLIP = 0.001;
const MAX_ITERATIONS = 100;
const MAX_HALVINGS = 30;
/** Newton stops when the loss a row falls by less. */
const LOSS_TOLERANCE = 1e-12;
/** Added to the Hessian's diagonal, against scores that are all the same. */
const RIDGE = 1e-12;

/** Probability 1 / (1 + exp(-(intercept + slope * log-odds of the score))). */
export interface PlattFit {
  intercept: number;
  slope: number;
}

/** Log-odds of a score in [0, 1]. */
export function logOdds(score: number): number {
  const clipped = Math.min(Math.max(score, SCORE_CLIP), 1 - SCORE_CLIP);
  return Math.log(clipped / (1 - clipped));
}

/** Inverse of the log-odds. */
export const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));

/**
 * Platt's scaling with his smoothed targets (Platt 1999), by Newton's method with halved steps (Lin, Lin & Weng 2007, A
 * Note on Platt's Probabilistic Outputs), on log-odds, so that calibrated scores are left as they are. A slope below 0
 * would turn the order of scores round; then the probability is constant.
 * @param scores n scores in [0, 1], at least one
 * @param labels n classes, 0 or 1
 */
export function fitPlatt(scores: Float64Array, labels: Uint8Array): PlattFit {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  const targets = [1 / (negatives + 2), (positives + 1) / (positives + 2)] as const;
  const x = scores.map(logOdds);
  const y = Float64Array.from(labels, (label) => (label === 1 ? targets[1] : targets[0]));
  const mean = y.reduce((sum, target) => sum + target, 0) / y.length;
  const constant = { intercept: Math.log(mean / (1 - mean)), slope: 0 };
  let fit: PlattFit = constant;
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
function lossOf({ intercept, slope }: PlattFit, x: Float64Array, y: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < x.length; i++) {
    const margin = intercept + slope * x[i]!;
    loss += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(margin, 0) - y[i]! * margin;
  }
  return loss;
}

/** One Newton step, halved until the loss falls; `null` when it does not. */
function descend(
  fit: PlattFit,
  loss: number,
  x: Float64Array,
  y: Float64Array,
): { fit: PlattFit; loss: number } | null {
  let [g0, g1, h00, h01, h11] = [0, 0, RIDGE, 0, RIDGE];
  for (let i = 0; i < x.length; i++) {
    const probability = logistic(fit.intercept + fit.slope * x[i]!);
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
