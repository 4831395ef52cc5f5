import { z } from 'zod';
import { defineLearner } from '../../../src/learner.js';
import predictor from './centroid-predictor.js';

/** Class means, on a sample of the rows. */
export default defineLearner({
  version: '3',
  predictor,
  predictorModule: new URL('./centroid-predictor.ts', import.meta.url),
  options: z.object({ share: z.number().gt(0).max(1).default(1), shift: z.number().default(0) }),
  fit({ columns }, labels, { share, shift }, random, progress) {
    const rows = [...labels.keys()].filter(() => random.float() < share);
    const mean = (label: number) =>
      columns.map((column) => {
        const values = rows.filter((row) => labels[row] === label).map((row) => column[row]!);
        return values.reduce((sum, value) => sum + value, shift) / values.length;
      });
    progress(`${rows.length} rows`);
    return { negative: mean(0), positive: mean(1) };
  },
});
