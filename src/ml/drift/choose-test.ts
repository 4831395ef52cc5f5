import type { ColumnDrift, DriftTest, DriftTestName } from '../../contracts/drift.js';

/** References of at most so many rows are tested for significance, larger ones measured by distance. */
export const TESTED_UP_TO_ROWS = 1000;
/** Numeric columns of at most so many distinct values are treated as categories. */
export const FEW_VALUES = 5;

/**
 * The test that Evidently 0.7 takes by default.
 * @param referenceRows rows of the reference with a value
 * @param distinct different values of both sides together; any number above 5 will do for more
 */
export function chooseTest({
  kind,
  referenceRows,
  distinct,
}: {
  kind: ColumnDrift['kind'];
  referenceRows: number;
  distinct: number;
}): DriftTestName {
  const continuous = kind === 'numeric' && distinct > FEW_VALUES;
  if (referenceRows > TESTED_UP_TO_ROWS) return continuous ? 'wasserstein' : 'jensen-shannon';
  if (continuous) return 'ks';
  return distinct > 2 ? 'chi-square' : 'z';
}

/** Evidently's default thresholds, and on which side of them a column has drifted. */
const RULES: Record<DriftTestName, { threshold: number; drifted: (value: number, threshold: number) => boolean }> = {
  ks: { threshold: 0.05, drifted: (p, threshold) => p <= threshold },
  'chi-square': { threshold: 0.05, drifted: (p, threshold) => p < threshold },
  z: { threshold: 0.05, drifted: (p, threshold) => p < threshold },
  wasserstein: { threshold: 0.1, drifted: (distance, threshold) => distance >= threshold },
  'jensen-shannon': { threshold: 0.1, drifted: (distance, threshold) => distance >= threshold },
  psi: { threshold: 0.1, drifted: (index, threshold) => index >= threshold },
};

/** A test's value with Evidently's threshold and verdict. */
export function judgeTest(name: DriftTestName, value: number): DriftTest {
  const { threshold, drifted } = RULES[name];
  return { name, value, threshold, drifted: drifted(value, threshold) };
}
