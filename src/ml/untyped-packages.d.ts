declare module 'jstat' {
  const jStat: {
    /** Quantile of Student's t. */
    studentt: { inv(p: number, degreesOfFreedom: number): number };
    /** Quantile of the normal distribution. */
    normal: { inv(p: number, mean: number, std: number): number };
  };
  export default jStat;
}

declare module 'ml-cart' {
  import type { Matrix } from 'ml-matrix';

  /** A node as ml-cart keeps it: a split has both children, anything else is a leaf. Rows with x < splitValue go left. */
  export interface CartNode {
    left?: CartNode;
    right?: CartNode;
    splitColumn?: number;
    splitValue?: number;
  }

  export class DecisionTreeClassifier {
    constructor(options: { maxDepth: number; minNumSamples: number; gainThreshold: number });
    train(trainingSet: Matrix, trainingLabels: number[]): void;
    predict(toPredict: Matrix): number[];
    toJSON(): { root: CartNode };
  }
}
