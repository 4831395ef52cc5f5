import { SCORE_CLIP } from '../calibration.js';
import type { Calibration, ModelFeature } from '../../contracts/learner.js';
import { PipelineFailure } from '../../contracts/failures.js';
import type { ModelDocument } from '../../contracts/model.js';
import { learnerOf } from '../../ml/learners/index.js';
import type { Tree } from '../../ml/learners/tree/check.js';
import { addTreeValues } from '../../ml/learners/tree/onnx.js';
import { isRequired } from '../features.js';
import { addFilled, addIsIncomplete, inputOf, vector } from './features.js';
import { GraphBuilder, ML_DOMAIN, addLine, addSigmoid } from './graph.js';
import { DATA_TYPES, encodeModel, type ModelProto } from './onnx-proto.js';

/** Of ONNX 1.16, the first whose trees take and give doubles; ONNX Runtime has them since 1.21. */
const OPSETS = [
  { domain: '', version: 21 },
  { domain: ML_DOMAIN, version: 5 },
];
const IR_VERSION = 10;

/** The label of a row that has no probability, because a required value is missing. */
const NO_LABEL = -1;

/** Names of the outputs. */
export interface OutputNames {
  label: string;
  probability: string;
}

/** `label` and `probability`, with underscores behind them where a feature has that name. */
export function outputNames(features: readonly ModelFeature[]): OutputNames {
  const taken = new Set(features.map(({ name }) => name));
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name);
  return { label: free('label'), probability: free('probability') };
}

/**
 * The document as an ONNX model that answers as `predict` of the serving code does, computed in doubles throughout.
 *
 * Inputs: one vector of doubles per feature, under its name, in original units, NaN where missing; the only feature of a
 * model is a column [rows, 1] instead, because MLflow feeds it so. Outputs, vectors of as many rows: the label (int64, 1
 * for the positive class) and the probability of the positive class (double). A row that misses a required value has
 * NaN for a probability and {@link NO_LABEL}. Equal documents give equal bytes.
 * @throws PipelineFailure `ModelInvalid` for a kind that has no such form
 */
export function onnxModel(document: ModelDocument): Uint8Array {
  const { features, labels, name, threshold, training } = document;
  const graph = new GraphBuilder();
  const outputs = outputNames(features);
  addModel(graph, document, outputs);
  const model: ModelProto = {
    irVersion: IR_VERSION,
    producerName: 'anemia-mlops',
    producerVersion: training.codeVersion,
    docString: `Probability that a row is ${labels.positive}, and label 1 where it is at least ${threshold}; a row without a required value has NaN and label ${NO_LABEL}.`,
    opsetImport: OPSETS,
    graph: {
      name: 'model',
      docString: '',
      node: graph.nodes,
      initializer: graph.constants,
      input: features.map((feature) => inputOf(feature, features.length)),
      output: [
        vector(outputs.label, 'int64', `1: ${labels.positive}, 0: ${labels.negative}, ${NO_LABEL}: no probability.`),
        vector(
          outputs.probability,
          'double',
          `Probability of ${labels.positive}; NaN when a required value is missing.`,
        ),
      ],
    },
    metadataProps: metadataOf({
      model: name,
      kind: document.estimator.kind,
      calibration: document.calibration?.kind ?? 'none',
      'label.negative': labels.negative,
      'label.positive': labels.positive,
      threshold: String(threshold),
    }),
  };
  return encodeModel(model);
}

function addModel(graph: GraphBuilder, document: ModelDocument, outputs: OutputNames): void {
  const { features, calibration, threshold } = document;
  const filled = addFilled(graph, features);
  const score = addEstimator(graph, filled, document);
  const probability = calibration === null ? score : addCalibration(graph, score, calibration);
  if (!features.some(isRequired)) graph.addOutput('Identity', [probability], outputs.probability);
  else
    graph.addOutput(
      'Where',
      [addIsIncomplete(graph, filled), graph.double('NoProbability', NaN), probability],
      outputs.probability,
    );
  addLabel(graph, outputs, threshold);
}

function addEstimator(graph: GraphBuilder, filled: string, { features, estimator }: ModelDocument): string {
  const learner = learnerOf(estimator.kind);
  if (learner?.onnx !== undefined) return learner.onnx(graph, filled, features, estimator);
  throw new PipelineFailure(
    'ModelInvalid',
    `A model of the kind ${estimator.kind} has no form for other languages; train a built-in kind to export it.`,
  );
}

function addLabel(graph: GraphBuilder, { label, probability }: OutputNames, threshold: number): void {
  const reaches = graph.add('GreaterOrEqual', [probability, graph.double('Threshold', threshold)], 'IsPositive');
  const called = graph.add('Cast', [reaches], 'Called', { to: DATA_TYPES.int64 });
  const isUnknown = graph.add('IsNaN', [probability], 'IsUnknown');
  graph.addOutput('Where', [isUnknown, graph.integer('NoLabel', NO_LABEL), called], label);
}

const metadataOf = (entries: Record<string, string>): ModelProto['metadataProps'] =>
  Object.entries(entries).map(([key, value]) => ({ key, value }));

/** Adds the calibrated probability, a vector. @param score the estimator's probability */
function addCalibration(graph: GraphBuilder, score: string, calibration: Calibration): string {
  return calibration.kind === 'platt'
    ? addSigmoid(graph, addLine(graph, addLogOdds(graph, score), calibration.slope, calibration.intercept))
    : addInterpolation(graph, score, calibration.scores, calibration.probabilities);
}

function addLogOdds(graph: GraphBuilder, score: string): string {
  const limits = [graph.double('LeastScore', SCORE_CLIP), graph.double('GreatestScore', 1 - SCORE_CLIP)];
  const clipped = graph.add('Clip', [score, ...limits], 'ClippedScore');
  const rest = graph.add('Sub', [graph.double('Whole', 1), clipped], 'Rest');
  return graph.add('Log', [graph.add('Div', [clipped, rest], 'Odds')], 'ScoreLogOdds');
}

/** Adds linear interpolation, constant beyond the outermost points. A tree finds the segment of each score. */
function addInterpolation(graph: GraphBuilder, score: string, xs: number[], ys: number[]): string {
  const limits = [graph.double('FirstPoint', xs[0]!), graph.double('LastPoint', xs.at(-1)!)];
  const x = graph.add('Clip', [score, ...limits], 'ClippedScore');
  const column = graph.add('Unsqueeze', [x, graph.integer('PointAxis', [1])], 'ScoreColumn');
  const found = addTreeValues(graph, column, [searchTree(xs)], 'below', 'SegmentColumn');
  const numbers = graph.add('Squeeze', [found, graph.integer('SegmentAxis', [1])], 'SegmentNumber');
  const segment = graph.add('Cast', [numbers], 'Segment', { to: DATA_TYPES.int64 });
  const pick = (name: string, values: number[]): string =>
    graph.add('Gather', [graph.double(`${name}s`, values), segment], name, { axis: 0 });

  const width = pick('Width', [...differences(xs), 1]); // the last point is a segment of its own, and flat
  const rise = pick('Rise', [...differences(ys), 0]);
  const share = graph.add('Div', [graph.add('Sub', [x, pick('Start', xs)], 'Distance'), width], 'Share');
  const climb = graph.add('Mul', [share, rise], 'Climb');
  return graph.add('Add', [pick('Foot', ys), climb], 'Interpolated');
}

const differences = (values: number[]): number[] => values.slice(1).map((value, i) => value - values[i]!);

/** Balanced tree whose value is the index of the last of the ascending points that is at most x, 0 for none. */
function searchTree(points: number[]): Tree {
  const tree: Tree = { feature: [], threshold: [], left: [], right: [], value: [] };
  const grow = (from: number, to: number): number => {
    const node = tree.feature.length;
    const isLeaf = from === to;
    const middle = (from + to + 1) >> 1;
    tree.feature.push(isLeaf ? -1 : 0);
    tree.threshold.push(isLeaf ? 0 : points[middle]!);
    tree.value.push(from);
    tree.left.push(-1);
    tree.right.push(-1);
    if (!isLeaf) {
      tree.left[node] = grow(from, middle - 1);
      tree.right[node] = grow(middle, to);
    }
    return node;
  };
  grow(0, points.length - 1);
  return tree;
}
