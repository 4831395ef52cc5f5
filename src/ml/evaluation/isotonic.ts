/** A non-descending function: points to interpolate between; ascending scores, as many probabilities. */
export interface IsotonicFit {
  scores: number[];
  probabilities: number[];
}

/**
 * Isotonic regression of 0/1 labels by pool-adjacent-violators (Ayer et al. 1955): the non-descending function with the
 * least squared error. The same points as scikit-learn's `IsotonicRegression`: rows of one score are pooled
 * first, and of each level the first and last score are kept.
 * @param scores n finite numbers, at least one
 * @param labels n classes, 0 or 1
 */
export function fitIsotonic(scores: Float64Array, labels: Uint8Array): IsotonicFit {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const levels: Level[] = [];
  for (const row of order) {
    const score = scores[row]!;
    const last = levels.at(-1);
    if (last?.last === score && last.first === score) {
      last.sum += labels[row]!;
      last.rows++;
      continue;
    }
    pool(levels);
    levels.push({ first: score, last: score, sum: labels[row]!, rows: 1 });
  }
  pool(levels);
  const points = levels.flatMap(({ first, last, sum, rows }) =>
    (first === last ? [first] : [first, last]).map((score) => ({ score, probability: sum / rows })),
  );
  return { scores: points.map(({ score }) => score), probabilities: points.map(({ probability }) => probability) };
}

/** Neighbouring scores of one probability. */
interface Level {
  first: number;
  last: number;
  sum: number;
  rows: number;
}

/** Joins the newest level to those before it while it is not above them. */
function pool(levels: Level[]): void {
  while (levels.length > 1) {
    const last = levels.at(-1)!;
    const before = levels.at(-2)!;
    if (before.sum * last.rows < last.sum * before.rows) return;
    levels.pop();
    before.last = last.last;
    before.sum += last.sum;
    before.rows += last.rows;
  }
}
