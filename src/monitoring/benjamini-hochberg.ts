/**
 * Adjusts p-values of questions that are asked together, so that of those at or below a level the expected share that
 * is wrong is at most the level (Benjamini & Hochberg 1995, step-up; valid for independent and positively dependent
 * questions). The same as `scipy.stats.false_discovery_control`.
 * @param pValues m probabilities, in [0, 1]
 * @returns m adjusted ones in the same order: the least of p(j) * m / j over ranks j from its own on, at most 1
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const descending = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(count);
  let least = 1;
  descending.forEach((index, place) => {
    least = Math.min(least, pValues[index]! * (count / (count - place)));
    adjusted[index] = least;
  });
  return adjusted;
}
