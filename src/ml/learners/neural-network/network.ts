import { sigmoid } from '../../../model/calibration.js';
import type { Layer } from './check.js';
import type { Random } from '../../random.js';

/** Weights of stored networks keep this many significant digits: small documents, and no trace of how rounding went. */
const SIGNIFICANT_DIGITS = 8;

/** Where a layer's parameters are: `units * inputs` weights, unit by unit, then as many biases as units. */
interface Span {
  inputs: number;
  units: number;
  weights: number;
  biases: number;
}

/**
 * A multi-layer perceptron: hidden layers of rectified linear units, then one unit whose value is the log-odds. All
 * parameters lie in one array, so that an optimiser need not know of layers; nothing is allocated per row.
 */
export class Network {
  readonly parameters: Float64Array;
  private readonly spans: Span[];
  /** The inputs, then the values of every layer, of the last row. */
  private readonly values: Float64Array[];
  /** Derivatives of the row's loss in the sums of every layer. */
  private readonly deltas: Float64Array[];

  /** @param sizes number of inputs, then of units of each layer; the last is 1 */
  constructor(sizes: readonly number[]) {
    let end = 0;
    this.spans = sizes.slice(1).map((units, l) => {
      const inputs = sizes[l]!;
      const weights = end;
      const biases = weights + units * inputs;
      end = biases + units;
      return { inputs, units, weights, biases };
    });
    this.parameters = new Float64Array(end);
    this.values = sizes.map((units) => new Float64Array(units));
    this.deltas = sizes.slice(1).map((units) => new Float64Array(units));
  }

  /**
   * Draws the weights, biases 0: uniform with variance 2 / inputs before rectified units (He et al. 2015), 2 / (inputs +
   * units) before the output (Glorot & Bengio 2010).
   */
  initialise(random: Random): void {
    this.parameters.fill(0);
    this.spans.forEach(({ inputs, units, weights, biases }, l) => {
      const reach = Math.sqrt(6 / (l < this.spans.length - 1 ? inputs : inputs + units));
      for (let w = weights; w < biases; w++) this.parameters[w] = reach * (2 * random.float() - 1);
    });
  }

  /** Log-odds of the row that starts at `offset`. */
  logOdds(rows: Float64Array, offset: number): number {
    const { parameters, spans, values } = this;
    const first = values[0]!;
    for (let j = 0; j < first.length; j++) first[j] = rows[offset + j]!;
    for (let l = 0; l < spans.length; l++) {
      const { inputs, units, weights, biases } = spans[l]!;
      const below = values[l]!;
      const here = values[l + 1]!;
      const hidden = l < spans.length - 1;
      for (let u = 0, w = weights; u < units; u++) {
        let sum = parameters[biases + u]!;
        for (let j = 0; j < inputs; j++, w++) sum += parameters[w]! * below[j]!;
        here[u] = hidden && sum < 0 ? 0 : sum;
      }
    }
    return values[spans.length]![0]!;
  }

  /** Adds the gradient of one row's cross-entropy in the parameters (Rumelhart, Hinton & Williams 1986). */
  addGradient(rows: Float64Array, offset: number, label: number, gradient: Float64Array): void {
    const { parameters, spans, values, deltas } = this;
    deltas[spans.length - 1]![0] = sigmoid(this.logOdds(rows, offset)) - label;
    for (let l = spans.length - 1; l >= 0; l--) {
      const { inputs, units, weights, biases } = spans[l]!;
      const below = values[l]!;
      const here = deltas[l]!;
      for (let u = 0; u < units; u++) {
        const delta = here[u]!;
        if (delta === 0) continue;
        gradient[biases + u]! += delta;
        for (let j = 0, w = weights + u * inputs; j < inputs; j++, w++) gradient[w]! += delta * below[j]!;
      }
      if (l === 0) continue;
      const lower = deltas[l - 1]!;
      lower.fill(0);
      for (let u = 0, w = weights; u < units; u++) {
        const delta = here[u]!;
        for (let j = 0; j < inputs; j++, w++) lower[j]! += delta * parameters[w]!;
      }
      for (let j = 0; j < inputs; j++) if (below[j]! <= 0) lower[j] = 0;
    }
  }

  /** Adds the gradient of strength / 2 * |weights|^2; biases are not penalised. */
  addPenalty(strength: number, gradient: Float64Array): void {
    for (const { weights, biases } of this.spans) {
      for (let w = weights; w < biases; w++) gradient[w]! += strength * this.parameters[w]!;
    }
  }

  /** The parameters as plain data, rounded. */
  layers(): Layer[] {
    const rounded = (from: number, to: number) =>
      Array.from(this.parameters.subarray(from, to), (value) => Number(value.toPrecision(SIGNIFICANT_DIGITS)));
    return this.spans.map(({ inputs, units, weights, biases }) => ({
      weights: Array.from({ length: units }, (_, u) => rounded(weights + u * inputs, weights + (u + 1) * inputs)),
      biases: rounded(biases, biases + units),
    }));
  }
}

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
