import { PipelineFailure } from '../../contracts/failures.js';
import { type Estimator, isOwnEstimator, type Layer, type ModelFeature } from '../../contracts/model.js';
import { type GraphBuilder, addLine, addSigmoid } from './graph.js';
import { addTreeSum } from '../../ml/learners/tree/onnx.js';

/**
 * Adds the estimator's probability of the positive class, a vector, before calibration.
 * @throws PipelineFailure `ModelInvalid` for an own kind
 * @param filled rows x features, in original units
 */
export function addEstimator(
  graph: GraphBuilder,
  filled: string,
  features: ModelFeature[],
  estimator: Estimator,
): string {
  if (isOwnEstimator(estimator))
    throw new PipelineFailure(
      'ModelInvalid',
      `A model of the kind ${estimator.kind} has no form for other languages; train a built-in kind to export it.`,
    );
  switch (estimator.kind) {
    case 'logistic-regression':
      return addSigmoid(graph, addLinear(graph, filled, features, estimator));
    case 'linear-svm': {
      const { slope, offset } = estimator.platt;
      return addSigmoid(graph, addLine(graph, addLinear(graph, filled, features, estimator), slope, offset));
    }
    case 'neural-network':
      return addSigmoid(graph, addLayers(graph, addScaled(graph, filled, features), estimator.layers));
    case 'cart':
      return addTreeSum(graph, filled, [estimator.tree]);
    case 'random-forest': {
      const { trees } = estimator;
      return graph.add('Div', [addTreeSum(graph, filled, trees), graph.double('Trees', trees.length)], 'TreeMean');
    }
    case 'gradient-boosting': {
      const sum = addTreeSum(graph, filled, estimator.trees);
      return addSigmoid(graph, graph.add('Add', [graph.double('Intercept', estimator.intercept), sum], 'LogOdds'));
    }
  }
}

function addScaled(graph: GraphBuilder, filled: string, features: ModelFeature[]): string {
  const means = graph.double(
    'Means',
    features.map(({ mean }) => mean),
  );
  const scales = graph.double(
    'Scales',
    features.map(({ scale }) => scale),
  );
  return graph.add('Div', [graph.add('Sub', [filled, means], 'Centred'), scales], 'Scaled');
}

function addLinear(
  graph: GraphBuilder,
  filled: string,
  features: ModelFeature[],
  { intercept, coefficients }: { intercept: number; coefficients: number[] },
): string {
  const scaled = addScaled(graph, filled, features);
  const sum = graph.add('MatMul', [scaled, graph.double('Coefficients', coefficients)], 'WeightedSum');
  return graph.add('Add', [sum, graph.double('Intercept', intercept)], 'LinearSum');
}

function addLayers(graph: GraphBuilder, inputs: string, layers: Layer[]): string {
  const last = layers.length - 1;
  const values = layers.reduce((below, layer, depth) => {
    const sums = addUnits(graph, below, layer);
    return depth < last ? graph.add('Relu', [sums], 'Rectified') : sums;
  }, inputs);
  return graph.add('Squeeze', [values, graph.integer('UnitAxis', [1])], 'OutputUnit');
}

/** Adds the sums of a layer: rows x units. */
function addUnits(graph: GraphBuilder, inputs: string, { weights, biases }: Layer): string {
  const [first] = weights;
  const byInput = first!.flatMap((_, j) => weights.map((row) => row[j]!));
  const matrix = graph.double('Weights', byInput, [first!.length, weights.length]);
  return graph.add(
    'Add',
    [graph.add('MatMul', [inputs, matrix], 'WeightedInputs'), graph.double('Biases', biases)],
    'Units',
  );
}
