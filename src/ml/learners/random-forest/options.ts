import { z } from 'zod';

const count = z.number().int().min(1);

/** What a definition may set, with limits and defaults. */
export const randomForestOptions = z.strictObject({
  trees: count.max(1000).default(50),
  maxDepth: count.max(20).default(6),
  minLeafRows: count.default(3),
  /** Features tried per split; 0 means the rounded square root of their number. */
  featuresPerSplit: z.number().int().min(0).default(0),
});

/** Complete. */
export type RandomForestOptions = z.output<typeof randomForestOptions>;
