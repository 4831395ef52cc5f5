import { defineLearner, z } from 'anemia-mlops/learner';
import predictor from './predictor.js';

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export default defineLearner({
  version: '1', // another one learns again, instead of taking what was learned before
  predictor,
  predictorModule: new URL('./predictor.js', import.meta.url),
  options: z.object({
    /** Added to every variance as a share of the feature's own, so that none is 0. */
    smoothing: z.number().positive().max(1).default(1e-9),
  }),
  fit({ columns }, labels, { smoothing }) {
    const classOf = (label: number) => {
      const rows = [...labels.keys()].filter((row) => labels[row] === label);
      const valuesOf = (column: Float64Array) => rows.map((row) => column[row]!);
      const means = columns.map((column) => mean(valuesOf(column)));
      const variances = columns.map((column, j) => {
        const whole = mean([...column]);
        const share = smoothing * mean([...column].map((value) => (value - whole) ** 2));
        return mean(valuesOf(column).map((value) => (value - means[j]!) ** 2)) + share;
      });
      return { prior: rows.length / labels.length, means, variances };
    };
    return { negative: classOf(0), positive: classOf(1) };
  },
});
