import { z } from 'zod';

const count = z.number().int().min(1);

/** What a definition may set, with limits and defaults. */
export const cartOptions = z.strictObject({
  maxDepth: count.max(20).default(3),
  minLeafRows: count.default(5),
  /** Up to this many training rows ml-cart's exact search is used, beyond it histogram splits. */
  exactUpToRows: z.number().int().min(0).default(1000),
});

/** Complete. */
export type CartOptions = z.output<typeof cartOptions>;
