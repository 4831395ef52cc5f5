import type { Estimate } from '../../../src/contracts/values.js';
import type { Evaluation } from '../../../src/contracts/results.js';

/* What documents are made up of; no number is a person's. */

export const SHA = (digit: string) => digit.repeat(64);
const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T14:00:00Z');
export const isoAt = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

export const MODEL = { name: 'anemia-detection', version: 3, sha256: SHA('b') };

export const around = (value: number, half: number): Estimate => ({
  value,
  low: Math.max(0, value - half),
  high: Math.min(1, value + half),
});

export const normal = (x: number, mean: number, deviation: number) => Math.exp(-0.5 * ((x - mean) / deviation) ** 2);

export function calibrationOf(rows: number): Evaluation['calibration'] {
  return [0.04, 0.14, 0.26, 0.35, 0.47, 0.55, 0.64, 0.76, 0.85, 0.95].map((meanScore, bin) => ({
    meanScore,
    positiveShare: Math.min(1, Math.max(0, meanScore + 0.06 * Math.sin(bin * 2.1))),
    rows: Math.round((rows * [40, 14, 7, 4, 3, 3, 4, 6, 8, 11][bin]!) / 100),
  }));
}
