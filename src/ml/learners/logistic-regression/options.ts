import { z } from 'zod';

/** What a definition may set, with limits and defaults. */
export const logisticRegressionOptions = z.strictObject({
  /** Inverse strength of the L2 penalty on standardised features (scikit-learn's `C`). */
  inverseRegularization: z.number().positive().default(1),
  maxIterations: z.number().int().min(1).max(1000).default(100),
});

/** Complete. */
export type LogisticRegressionOptions = z.output<typeof logisticRegressionOptions>;
