import { z } from 'zod';

const count = z.number().int().min(1);

/** What a definition may set, with limits and defaults. */
export const gradientBoostingOptions = z.strictObject({
  trees: count.max(1000).default(100),
  /** Share of each tree's correction that is taken, in (0, 1]. */
  learningRate: z.number().positive().max(1).default(0.1),
  maxDepth: count.max(20).default(3),
  minLeafRows: count.default(5),
  /** L2 penalty on leaf values, in the units of the sum of a leaf's Hessian. */
  l2Regularization: z.number().min(0).default(1),
});

/** Complete. */
export type GradientBoostingOptions = z.output<typeof gradientBoostingOptions>;
