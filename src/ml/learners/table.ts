import { cart } from './cart/fit.js';
import { gradientBoosting } from './gradient-boosting/fit.js';
import { linearSvm } from './linear-svm/fit.js';
import { logisticRegression } from './logistic-regression/fit.js';
import { neuralNetwork } from './neural-network/fit.js';
import { randomForest } from './random-forest/fit.js';

/**
 * The learners that a program begins with, a line for each, under the names of their folders. A deployed function has a
 * table of its own in place of this one: `scoring` of the model that it answers with, and no other line.
 */
export const LEARNERS = {
  'logistic-regression': logisticRegression,
  cart,
  'random-forest': randomForest,
  'gradient-boosting': gradientBoosting,
  'linear-svm': linearSvm,
  'neural-network': neuralNetwork,
};
