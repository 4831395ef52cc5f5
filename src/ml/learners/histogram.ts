import type { LevelCut } from './level-cut.js';

/** The best cut of one feature in one node. */
export interface Cut extends LevelCut {
  leftRows: number;
  leftPositives: number;
  /** Sum over both sides of (positives^2 + negatives^2) / rows: greater is purer. */
  purity: number;
}

/** (positives^2 + negatives^2) / rows; Gini impurity is 1 - this / rows. */
export function purityOf(rows: number, positives: number): number {
  const negatives = rows - positives;
  return (positives * positives + negatives * negatives) / rows;
}

/** Counts the cells of `rows[start..end)` into `histogram` from `offset` on. */
export function countCells(
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
export function subtractCounts(histogram: Int32Array, part: Int32Array): void {
  for (let i = 0; i < histogram.length; i++) histogram[i]! -= part[i]!;
}

/**
 * Improves `best` with the purest cut of one feature that leaves `minLeafRows` on both sides; the first wins a tie.
 * @param histogram counts by 2 * level + label, from `offset` on
 * @returns whether `best` changed
 */
export function improveCut(
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
