import type { CandidateDefinition } from '../../contracts/definition.js';
import type { FeatureColumn, FittedModel } from '../../contracts/model.js';
import type { Warning } from '../../contracts/results.js';
import { fitCandidate } from '../learners/index.js';
import { fitFeatures, labelsOf, unknownFeatures } from '../preprocess.js';
import { requireScores } from './require-scores.js';
import { positionsWhere } from './split.js';
import type { Table } from '../table.js';

/** The pure predictor, passed in because it belongs to serving. @returns one score per position of `rows`. */
export type ScoreRows = (model: FittedModel, columns: Float64Array[], rows: Int32Array) => Float64Array;

/** What every fold of a cross-validation has in common. */
export interface FoldInput {
  table: Table;
  /** Indices of the rows that are dealt to folds. */
  rows: Int32Array;
  /** One per column of `table`. */
  columns: FeatureColumn[];
  candidate: CandidateDefinition;
  score: ScoreRows;
}

export interface FoldScores {
  /** Positions in `rows` of the rows of this fold, ascending; scores and labels are in their order. */
  positions: Int32Array;
  scores: Float64Array;
  labels: Uint8Array;
  warnings: Warning[];
}

/**
 * Fits on all folds but one, everything that is learnt included, and scores that one.
 * @param folds the fold of every position of `rows`
 * @param seed of the learner
 */
export function scoreFold(input: FoldInput, folds: Uint8Array, fold: number, seed: number): FoldScores {
  const { table, rows, columns, candidate, score } = input;
  const positions = positionsWhere(folds.length, (i) => folds[i] === fold);
  const train = positionsWhere(folds.length, (i) => folds[i] !== fold).map((position) => rows[position]!);
  const test = positions.map((position) => rows[position]!);
  const features = fitFeatures(columns, table, train);
  const { estimator, warnings } = fitCandidate(candidate, table, train, features, seed);
  const scores = score({ features, estimator, calibration: null }, table.columns, test);
  requireScores(candidate, scores);
  const unknown = unknownFeatures(columns, table, train);
  if (unknown.length > 0) warnings.push(unknownInFold(unknown, fold, train.length));
  return { positions, scores, labels: labelsOf(table, test), warnings };
}

function unknownInFold(names: string[], fold: number, rows: number): Warning {
  const message = `${names.join(', ')}: no value in the ${rows} rows that fold ${fold + 1} was learned from (other folds may be alike), so there it counts as constant; supply more values or leave the column out.`;
  return { code: 'sparse-feature', message };
}
