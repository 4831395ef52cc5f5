import type { CalibrationBin } from '../../contracts/metrics.js';

/** Bins of equal width that [0, 1] is cut into. */
const BINS = 10;

/**
 * What scores promise against what came true, as scikit-learn's `calibration_curve` with ten uniform bins:
 * [0, 0.1], (0.1, 0.2], ... (0.9, 1], and of each the mean score and the share of positives.
 * @param scores n probabilities of the positive class, in [0, 1]
 * @param labels n classes, 0 or 1
 * @returns the bins that hold a row, ascending by score; none for no rows
 */
export function calibrationTable(scores: Float64Array, labels: Uint8Array): CalibrationBin[] {
  const rows = new Float64Array(BINS);
  const scoreSums = new Float64Array(BINS);
  const positives = new Float64Array(BINS);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    const bin = Math.max(Math.ceil(score * BINS) - 1, 0);
    rows[bin]! += 1;
    scoreSums[bin]! += score;
    positives[bin]! += labels[i]!;
  }
  return Array.from(rows, (count, bin) => ({
    meanScore: scoreSums[bin]! / count,
    positiveShare: positives[bin]! / count,
    rows: count,
  })).filter((bin) => bin.rows > 0);
}

/**
 * Expected calibration error (Naeini, Cooper & Hauskrecht 2015, Obtaining Well Calibrated Probabilities Using
 * Bayesian Binning): the mean over rows of |positive share - mean score| of their bin.
 * @returns a number in [0, 1], `null` for a table without rows
 */
export function calibrationError(table: CalibrationBin[]): number | null {
  let rows = 0;
  let gaps = 0;
  for (const bin of table) {
    rows += bin.rows;
    gaps += bin.rows * Math.abs(bin.positiveShare - bin.meanScore);
  }
  return rows === 0 ? null : gaps / rows;
}
