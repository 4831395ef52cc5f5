import { Matrix, solve } from 'ml-matrix';

/** Newton stops when no weight moves by more than this, relative to the greatest; the error left is about its square. */
const STEP_TOLERANCE = 1e-7;
const MAX_HALVINGS = 30;
/** Loss differences below this share are rounding noise. */
const LOSS_NOISE = 1e-12;

/** Objective, gradient and upper triangle of the Hessian at a point. */
export interface Curvature {
  loss: number;
  gradient: Float64Array;
  /** Row by row, size * size. */
  hessian: Float64Array;
}

export interface Minimum {
  weights: Float64Array;
  iterations: number;
  converged: boolean;
}

function newtonStep({ gradient, hessian }: Curvature): number[] {
  const size = gradient.length;
  const matrix = new Matrix(size, size);
  for (let j = 0; j < size; j++) {
    for (let k = j; k < size; k++) {
      matrix.set(j, k, hessian[j * size + k]!);
      matrix.set(k, j, hessian[j * size + k]!);
    }
  }
  return solve(matrix, Matrix.columnVector(Array.from(gradient))).to1DArray();
}

/**
 * Newton's method with steps halved until the loss does not rise.
 * @param evaluate a convex objective with a Hessian that can be inverted
 * @param start where to begin
 */
export function minimise(
  evaluate: (weights: Float64Array) => Curvature,
  start: Float64Array,
  maxIterations: number,
): Minimum {
  let weights = start;
  let current = evaluate(weights);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    iterations++;
    const step = newtonStep(current);
    let share = 1;
    let next = weights.map((weight, j) => weight - step[j]!);
    let reached = evaluate(next);
    for (let i = 0; i < MAX_HALVINGS && !(reached.loss <= current.loss * (1 + LOSS_NOISE)); i++) {
      share /= 2;
      const reduced = share;
      next = weights.map((weight, j) => weight - reduced * step[j]!);
      reached = evaluate(next);
    }
    if (!Number.isFinite(reached.loss)) break; // no step from there leads anywhere
    const moved = share * Math.max(...step.map(Math.abs));
    converged = moved <= STEP_TOLERANCE * (1 + Math.max(...next.map(Math.abs)));
    weights = next;
    current = reached;
  }
  return { weights, iterations, converged };
}
