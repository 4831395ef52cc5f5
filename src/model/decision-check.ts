import type { Calibration } from '../contracts/calibration.js';
import type { ThresholdRule } from '../contracts/definition.js';
import { MAX_CALIBRATION } from '../contracts/limits.js';
import type { ThresholdChoice } from '../contracts/values.js';
import { checkInteger, checkList, checkNumber, checkNumbers, checkRecord, isRecord, refuse } from './checks.js';

/** Largest number of points of an isotonic calibration. */
export const MAX_POINTS = 20_000;

/** @throws PipelineFailure `ModelInvalid` */
export function checkCalibration(value: unknown): Calibration {
  const kind = isRecord(value) ? value['kind'] : undefined;
  if (kind === 'platt') {
    const item = checkRecord(value, 'calibration', ['kind', 'intercept', 'slope']);
    const intercept = checkNumber(item.intercept, 'calibration.intercept', -MAX_CALIBRATION, MAX_CALIBRATION);
    return { kind, intercept, slope: checkNumber(item.slope, 'calibration.slope', 0, MAX_CALIBRATION) };
  }
  if (kind !== 'isotonic')
    return refuse('calibration.kind', kind === undefined ? 'missing' : 'unknown', 'platt or isotonic');
  const item = checkRecord(value, 'calibration', ['kind', 'scores', 'probabilities']);
  const { length } = checkList(item.scores, 'calibration.scores', 1, MAX_POINTS);
  const shares = (list: unknown, name: string) =>
    checkNumbers(list, `calibration.${name}`, { length, min: 0, max: 1, whole: false });
  const scores = shares(item.scores, 'scores');
  const probabilities = shares(item.probabilities, 'probabilities');
  if (scores.some((score, i) => i > 0 && score <= scores[i - 1]!))
    refuse('calibration.scores', 'out of order', 'ascending scores');
  if (probabilities.some((share, i) => i > 0 && share < probabilities[i - 1]!))
    refuse('calibration.probabilities', 'out of order', 'probabilities that do not descend');
  return { kind, scores, probabilities };
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkThresholdChoice(value: unknown): ThresholdChoice {
  const item = checkRecord(value, 'thresholdChoice', [
    'rule',
    'rows',
    'positives',
    'recall',
    'specificity',
    'precision',
  ]);
  const share = (name: 'recall' | 'specificity' | 'precision') =>
    item[name] === null ? null : checkNumber(item[name], `thresholdChoice.${name}`, 0, 1);
  const rows = checkInteger(item.rows, 'thresholdChoice.rows', 0, Number.MAX_SAFE_INTEGER);
  return {
    rule: checkRule(item.rule),
    rows,
    positives: checkInteger(item.positives, 'thresholdChoice.positives', 0, rows),
    recall: share('recall'),
    specificity: share('specificity'),
    precision: share('precision'),
  };
}

function checkRule(value: unknown): ThresholdRule {
  const path = 'thresholdChoice.rule';
  const rule = isRecord(value) ? value['rule'] : undefined;
  switch (rule) {
    case 'fixed':
      return { rule, value: checkNumber(checkRecord(value, path, ['rule', 'value']).value, `${path}.value`, 0, 1) };
    case 'recall':
      return {
        rule,
        atLeast: checkNumber(checkRecord(value, path, ['rule', 'atLeast']).atLeast, `${path}.atLeast`, 0, 1),
      };
    case 'cost': {
      const item = checkRecord(value, path, ['rule', 'falsePositive', 'falseNegative']);
      const cost = (name: 'falsePositive' | 'falseNegative') => checkNumber(item[name], `${path}.${name}`, 0);
      return { rule, falsePositive: cost('falsePositive'), falseNegative: cost('falseNegative') };
    }
    case 'youden':
      checkRecord(value, path, ['rule']);
      return { rule };
    default:
      return refuse(path, rule === undefined ? 'missing' : 'unknown', 'one of fixed, recall, cost, youden');
  }
}
