import type { Predictor } from '../../../src/contracts/learner.js';

interface Centroids {
  negative: number[];
  positive: number[];
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, j) => value - b[j]!));

/** Nearest centroid: the share of the distance that lies on the negative side. */
const predictor: Predictor<Centroids> = {
  kind: 'tests/centroid',
  parse(parameters, features) {
    const { negative, positive } = parameters as unknown as Centroids;
    if (negative.length !== features.length) throw new Error('it has centroids of other features');
    return { negative, positive };
  },
  predict({ negative, positive }, row) {
    const [near, far] = [distance(row, positive), distance(row, negative)];
    return near + far === 0 ? 0.5 : far / (near + far);
  },
};

export default predictor;
