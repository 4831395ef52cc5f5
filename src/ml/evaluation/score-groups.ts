/**
 * Rows reduced to what threshold metrics need: how many rows of each class share each score. Resampling changes the
 * counts only, so the sort is paid once.
 */
export interface ScoreGroups {
  /** g distinct scores, descending. */
  scores: Float64Array;
  /** g counts of rows of each class. */
  positives: Int32Array;
  negatives: Int32Array;
}

/** @throws RangeError for a score that is no number: the loops below would not end with one */
function scoresOf(scores: Float64Array, labels: Uint8Array, label: number): Float64Array {
  const kept = new Float64Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++) if (labels[i] === label) kept[count++] = scores[i]!;
  const sorted = kept.subarray(0, count).sort();
  if (Number.isNaN(sorted[count - 1])) throw new RangeError('a score is not a number'); // NaN sorts last
  return sorted;
}

/**
 * Groups rows by score.
 * @param scores n numbers
 * @param labels n classes, 0 or 1
 * @throws RangeError when a score is NaN
 */
export function groupScores(scores: Float64Array, labels: Uint8Array): ScoreGroups {
  const positive = scoresOf(scores, labels, 1);
  const negative = scoresOf(scores, labels, 0);
  const n = scores.length;
  const groups = { scores: new Float64Array(n), positives: new Int32Array(n), negatives: new Int32Array(n) };
  let count = 0;
  let p = positive.length - 1;
  let q = negative.length - 1;
  while (p >= 0 || q >= 0) {
    const score = Math.max(p >= 0 ? positive[p]! : -Infinity, q >= 0 ? negative[q]! : -Infinity);
    groups.scores[count] = score;
    for (; p >= 0 && positive[p] === score; p--) groups.positives[count]!++;
    for (; q >= 0 && negative[q] === score; q--) groups.negatives[count]!++;
    count++;
  }
  return {
    scores: groups.scores.slice(0, count),
    positives: groups.positives.slice(0, count),
    negatives: groups.negatives.slice(0, count),
  };
}

/** The group of every row with the given label, in row order. */
export function groupIndices(
  { scores: distinct }: ScoreGroups,
  scores: Float64Array,
  labels: Uint8Array,
  label: 0 | 1,
): Int32Array {
  const indices = new Int32Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] !== label) continue;
    const score = scores[i]!;
    let low = 0;
    let high = distinct.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (distinct[middle]! <= score) high = middle;
      else low = middle + 1;
    }
    indices[count++] = low;
  }
  return indices.subarray(0, count);
}
