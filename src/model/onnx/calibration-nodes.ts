import { SCORE_CLIP, type Calibration } from '../../contracts/calibration.js';
import type { Tree } from '../../ml/learners/tree/check.js';
import { addLine, addSigmoid, type GraphBuilder } from './graph.js';
import { DATA_TYPES } from './onnx-proto.js';
import { addTreeValues } from '../../ml/learners/tree/onnx.js';

/** Adds the calibrated probability, a vector. @param score the estimator's probability */
export function addCalibration(graph: GraphBuilder, score: string, calibration: Calibration): string {
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
