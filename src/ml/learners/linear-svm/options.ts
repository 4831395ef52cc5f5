import { z } from 'zod';

/** What a definition may set, with limits and defaults. */
export const linearSvmOptions = z.strictObject({
  /** Inverse strength of the L2 penalty on standardised features (scikit-learn's `C`). */
  inverseRegularization: z.number().positive().default(1),
  maxIterations: z.number().int().min(1).max(1000).default(100),
  /** Folds whose out-of-fold decision values Platt's scaling is fitted on. */
  calibrationFolds: z.number().int().min(2).max(20).default(5),
});

/** Complete. */
export type LinearSvmOptions = z.output<typeof linearSvmOptions>;
