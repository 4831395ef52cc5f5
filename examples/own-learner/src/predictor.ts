import type { Predictor } from 'anemia-mlops/learner';

/** What naive Bayes keeps of one class: its share of the rows, and mean and variance of each feature in it. */
interface ClassModel {
  prior: number;
  means: number[];
  variances: number[];
}

export type Parameters = Record<'negative' | 'positive', ClassModel>;

/** Logarithm of the joint density of a row and a class, up to a constant that both classes share. */
const logJoint = ({ prior, means, variances }: ClassModel, row: readonly number[]): number =>
  row.reduce((sum, value, j) => {
    const variance = variances[j]!;
    return sum - (Math.log(variance) + (value - means[j]!) ** 2 / variance) / 2;
  }, Math.log(prior));

/**
 * Gaussian naive Bayes: features are taken for independent and normal within a class.
 * This module alone goes into the deployed function, so it imports types only.
 */
const predictor: Predictor<Parameters> = {
  kind: 'example/naive-bayes',
  parse(parameters, features) {
    const { negative, positive } = parameters as unknown as Parameters;
    for (const { prior, means, variances } of [negative, positive])
      if (!(prior > 0) || means.length !== features.length || variances.length !== features.length)
        throw new Error('its classes do not fit its features');
    return { negative, positive };
  },
  predict: ({ negative, positive }, row) => 1 / (1 + Math.exp(logJoint(negative, row) - logJoint(positive, row))),
};

export default predictor;
