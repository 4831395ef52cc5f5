import type { GraphBuilder } from '../../../model/onnx/graph.js';

/**
 * Adds the logistic function, from the exponential that is at most 1 as ours is: the operator of that name loses the
 * lower tail.
 */
export function addSigmoid(graph: GraphBuilder, z: string): string {
  const one = graph.double('One', 1);
  const exponential = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [z], 'Size')], 'MinusSize')], 'Exponential');
  const isUpper = graph.add('GreaterOrEqual', [z, graph.double('Zero', 0)], 'IsUpper');
  const numerator = graph.add('Where', [isUpper, one, exponential], 'Numerator');
  return graph.add('Div', [numerator, graph.add('Add', [one, exponential], 'Denominator')], 'Logistic');
}

/** Adds `offset + slope * x`. */
export function addLine(graph: GraphBuilder, x: string, slope: number, offset: number): string {
  const product = graph.add('Mul', [graph.double('Slope', slope), x], 'Sloped');
  return graph.add('Add', [graph.double('Offset', offset), product], 'OnLine');
}
