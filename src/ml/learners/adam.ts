/** Decay rates of the averages of the gradient and of its square, and what keeps a quotient finite: the paper's. */
const GRADIENT_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/** Kingma & Ba 2015, Adam: A Method for Stochastic Optimization. Holds the averages for one set of parameters. */
export class Adam {
  private readonly average: Float64Array;
  private readonly square: Float64Array;
  private gradientShare = 1;
  private squareShare = 1;

  constructor(private readonly parameters: Float64Array) {
    this.average = new Float64Array(parameters.length);
    this.square = new Float64Array(parameters.length);
  }

  /** Moves the parameters against the gradient, each by about `size`. */
  step(gradient: Float64Array, size: number): void {
    const { parameters, average, square } = this;
    this.gradientShare *= GRADIENT_DECAY;
    this.squareShare *= SQUARE_DECAY;
    const correction = 1 - this.gradientShare;
    const squareCorrection = 1 - this.squareShare;
    for (let k = 0; k < parameters.length; k++) {
      const slope = gradient[k]!;
      const mean = GRADIENT_DECAY * average[k]! + (1 - GRADIENT_DECAY) * slope;
      const power = SQUARE_DECAY * square[k]! + (1 - SQUARE_DECAY) * slope * slope;
      average[k] = mean;
      square[k] = power;
      parameters[k]! -= (size * mean) / correction / (Math.sqrt(power / squareCorrection) + EPSILON);
    }
  }
}
