/**
 * Moves the rows of `rows[start..end)` whose level is at most `level` to the front, the order kept on both sides.
 * @param spill scratch, as long as `rows`
 * @param cells the feature's cells, 2 * level + label
 * @returns where the other rows begin
 */
export function partitionRows(
  rows: Int32Array,
  spill: Int32Array,
  { start, end }: { start: number; end: number },
  cells: Uint16Array,
  level: number,
): number {
  const limit = 2 * level + 1;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    rows[i - right] = row;
    spill[right] = row;
    right += (limit - cells[row]!) >>> 31; // the sign, because a comparison would be a branch, often mispredicted
  }
  rows.set(spill.subarray(0, right), end - right);
  return end - right;
}
