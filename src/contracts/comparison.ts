import type { Difference } from '../report/schema/shared.js';

export type { Difference };
export type { MetricComparison, VersionComparison } from '../report/schema/run-status.js';

/** What the interval of a difference allows to say of A. */
export type ComparisonVerdict = 'better' | 'worse' | 'no clear difference';

/** Better or worse when the interval lies on one side of zero. */
export const verdictOf = ({ low, high }: Difference): ComparisonVerdict =>
  low > 0 ? 'better' : high < 0 ? 'worse' : 'no clear difference';
