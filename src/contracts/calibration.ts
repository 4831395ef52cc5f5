/**
 * How a model's score becomes a probability that holds for the rows it was fitted on; monotone, so that the order of
 * scores stays.
 */
export type Calibration =
  | {
      kind: 'isotonic';
      /** Ascending scores; between two of them the probability is interpolated, beyond the outermost it is theirs. */
      scores: number[];
      /** As many probabilities, not descending, in [0, 1]. */
      probabilities: number[];
    }
  | {
      /** Probability 1 / (1 + exp(-(intercept + slope * log-odds of the score))). */
      kind: 'platt';
      intercept: number;
      /** At least 0. */
      slope: number;
    };
