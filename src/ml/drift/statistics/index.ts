import type { DriftTestName } from '../../../contracts/vocabulary.js';
import type { DriftTest } from '../../../contracts/values.js';
import { chiSquare } from './chi-square.js';
import { jensenShannon } from './jensen-shannon.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { twoProportions } from './proportions.js';
import { psi } from './psi.js';
import type { ColumnSize, DriftStatistic } from './statistic.js';
import { wasserstein } from './wasserstein.js';

/** Every statistic of drift. What needs to know one by its name asks this table. */
export const DRIFT_STATISTICS: { [Name in DriftTestName]: DriftStatistic & { name: Name } } = {
  ks: kolmogorovSmirnov,
  'chi-square': chiSquare,
  z: twoProportions,
  wasserstein,
  'jensen-shannon': jensenShannon,
  psi,
};

/** The statistics of one measure, in the table's order. */
export const statisticsOf = (measure: DriftStatistic['measure']): DriftStatistic[] =>
  Object.values(DRIFT_STATISTICS).filter((statistic) => statistic.measure === measure);

type With<Kind extends 'numbers' | 'categories'> = DriftStatistic & {
  [K in Kind]-?: NonNullable<DriftStatistic[K]>;
};

/** The test that Evidently 0.7 takes by default. @throws RangeError where no statistic of the table is the default */
export function chooseTest<Kind extends 'numbers' | 'categories'>(kind: Kind, size: ColumnSize): With<Kind> {
  const all: DriftStatistic[] = Object.values(DRIFT_STATISTICS);
  const chosen = all.find((statistic): statistic is With<Kind> => statistic[kind]?.isDefaultFor(size) === true);
  if (chosen === undefined) throw new RangeError(`no drift test is the default for ${kind}`);
  return chosen;
}

/** A test's value with Evidently's threshold and verdict. */
export const judgeTest = ({ name, threshold, hasDrifted }: DriftStatistic, value: number): DriftTest => ({
  name,
  value,
  threshold,
  drifted: hasDrifted(value, threshold),
});
