import type { ModelFeature } from '../../contracts/learner.js';
import type { GraphBuilder } from './graph.js';
import { DATA_TYPES, type ValueInfoProto } from './onnx-proto.js';

/* The features of a model in an ONNX graph: its inputs, and what estimators are given of them. */

/** The graph's input for a feature. @param features of the model */
export function inputOf({ name, unit, range, imputation }: ModelFeature, features: number): ValueInfoProto {
  const gap = imputation === null ? 'required' : `a missing value (NaN) becomes ${imputation}`;
  const text = `${unit === '' ? 'no unit' : unit}, trained on ${range[0]} to ${range[1]}; ${gap}.`;
  return vector(name, 'double', text, features === 1);
}

/** A vector of as many values as there are rows. */
export function vector(name: string, type: 'double' | 'int64', docString: string, isColumn = false): ValueInfoProto {
  const dim = [{ dimParam: 'rows' }, ...(isColumn ? [{ dimValue: 1 }] : [])];
  return { name, docString, type: { tensorType: { elemType: DATA_TYPES[type], shape: { dim } } } };
}

/** Adds the features side by side: rows x features. */
function addMatrix(graph: GraphBuilder, features: ModelFeature[]): string {
  const [only] = features;
  if (features.length === 1) return only!.name;
  const axis = graph.integer('FeatureAxis', [1]);
  const columns = features.map(({ name }) => graph.add('Unsqueeze', [name, axis], 'Column'));
  return graph.add('Concat', columns, 'Features', { axis: 1 });
}

/** Adds the features with imputed values, rows x features; a required value that is missing stays NaN. */
export function addFilled(graph: GraphBuilder, features: ModelFeature[]): string {
  const matrix = addMatrix(graph, features);
  const fills = features.map(({ imputation }) => imputation ?? NaN);
  if (fills.every(Number.isNaN)) return matrix;
  const isMissing = graph.add('IsNaN', [matrix], 'IsMissing');
  return graph.add('Where', [isMissing, graph.double('Imputations', fills), matrix], 'Filled');
}

/** Adds whether a row misses a required value. Comparisons and rectified units would hide it. */
export function addIsIncomplete(graph: GraphBuilder, filled: string): string {
  const gaps = graph.add('Cast', [graph.add('IsNaN', [filled], 'IsGap')], 'Gaps', { to: DATA_TYPES.int32 });
  const worst = graph.add('ReduceMax', [gaps, graph.integer('GapAxis', [1])], 'MostGaps', { keepdims: 0 });
  return graph.add('Cast', [worst], 'IsIncomplete', { to: DATA_TYPES.bool });
}

/** Adds the scaled inputs that the features become: rows x inputs. @param filled rows x features, without gaps */
export function addScaled(graph: GraphBuilder, filled: string, features: ModelFeature[]): string {
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
