import { type DriftStatistic, TESTED_UP_TO_ROWS } from './statistic.js';
import { type Cells, forEachRegion, type Region, type WindowCounts, valuesIn } from '../cells.js';

/** Evidently divides by at least this much, so that a nearly constant reference does not make every distance infinite. */
const LEAST_DEVIATION = 0.001;

/** So many rows of a window within a cell of a sketch count as evenly spread; fewer are looked at one by one. */
const SPREAD_EVENLY_FROM = 256;

/** Whether F - G certainly keeps its sign: neither rise nor fall within the region can reach 0. */
function keepsSign({ before, after, referenceShare, windowShare }: Region): boolean {
  const positive = before >= windowShare || after >= referenceShare;
  const negative = before <= -referenceShare || after <= -windowShare;
  return positive || negative;
}

/** Integral of |d| over a width along which d goes from a to b in a straight line. */
function absoluteLine(a: number, b: number, width: number): number {
  if (a * b >= 0) return (width * Math.abs(a + b)) / 2;
  return (width * (a * a + b * b)) / (2 * (Math.abs(a) + Math.abs(b)));
}

/**
 * Integral of |F - G| with the window's values known one by one. The reference has a row at both ends of its cell, and
 * between them the others evenly: exact for cells of up to two rows and for gaps.
 */
function absoluteIntegral(region: Region, values: Float64Array, n: number, m: number): number {
  const { start, width, before, referenceShare } = region;
  const atEnd = referenceShare > 0 ? 1 / n : 0;
  const slope = (referenceShare - 2 * atEnd) / width;
  let difference = before + atEnd;
  let position = start;
  let integral = 0;
  for (let i = 0; i <= values.length; i++) {
    const next = i < values.length ? values[i]! : start + width;
    const reached = difference + slope * (next - position);
    integral += absoluteLine(difference, reached, next - position);
    difference = reached - 1 / m;
    position = next;
  }
  return integral;
}

/**
 * First Wasserstein distance of the reference and a window, the integral of |F - G|. Where F - G keeps its sign, counts
 * and sums of the regions give it; elsewhere the window's values are looked at one by one. Exact for an exact
 * reference, in any order of the window, without sorting all of it; for a sketch within 1e-4 standard deviations.
 * @param cells with rows; @param counted of `values` over the same cells, with rows
 * @returns in the column's unit
 */
export function wassersteinDistance(cells: Cells, counted: WindowCounts, values: Float64Array): number {
  const { counts, offsets } = counted;
  let distance = (offsets[offsets.length - 1]! - offsets[0]!) / counted.rows;
  const unsure: Region[] = [];
  forEachRegion(cells, counted, (region) => {
    if (region.width === 0) return;
    if (keepsSign(region)) distance += Math.abs(region.signed);
    else if (region.index % 2 === 1 && counts[region.index]! >= SPREAD_EVENLY_FROM) {
      distance += absoluteLine(region.before, region.after, region.width);
    } else unsure.push(region);
  });
  const wanted = new Uint8Array(counts.length);
  for (const { index } of unsure) wanted[index] = 1;
  const sorted = valuesIn(wanted, counted, values);
  let next = 0;
  for (const region of unsure) {
    const end = next + counts[region.index]!;
    distance += absoluteIntegral(region, sorted.subarray(next, end), cells.rows, counted.rows);
    next = end;
  }
  return distance;
}

/** The distance in standard deviations of the reference (of the population, at least 0.001), as Evidently has it. */
export function normedWasserstein(distance: number, standardDeviation: number): number {
  return distance / Math.max(standardDeviation, LEAST_DEVIATION);
}

/** Evidently's default for numbers of large references. */
export const wasserstein = {
  name: 'wasserstein',
  label: 'Wasserstein, normed',
  evidentlyName: 'Wasserstein distance (normed)',
  measure: 'distance',
  threshold: 0.1,
  hasDrifted: (distance, threshold) => distance >= threshold,
  numbers: {
    isDefaultFor: ({ referenceRows }) => referenceRows > TESTED_UP_TO_ROWS,
    valueOf: ({ cells, counted, values, standardDeviation }) =>
      normedWasserstein(wassersteinDistance(cells, counted, values), standardDeviation),
  },
} as const satisfies DriftStatistic;
