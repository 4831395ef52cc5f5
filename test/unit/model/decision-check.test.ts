import { describe, expect, it } from 'vitest';
import { ISOTONIC, modelDocument, PLATT, THRESHOLD_CHOICES } from './models.js';
import { refusal, type Wrong } from '../serving/refusal.js';

const base = modelDocument();
const calibrated = (calibration: unknown) => ({ ...base, calibration });
const chosen = (change: Wrong) => ({ ...base, thresholdChoice: { ...THRESHOLD_CHOICES[0], ...change } });
const by = (rule: unknown) => chosen({ rule });

describe('calibration and threshold of a document', () => {
  it.each<[string, unknown, RegExp]>([
    ['no calibration of a kind', calibrated({ intercept: 0, slope: 1 }), /calibration\.kind is missing/],
    [
      'a calibration of another kind',
      calibrated({ kind: 'beta' }),
      /calibration\.kind is unknown, expected platt or isotonic/,
    ],
    [
      'a calibration that turns the order round',
      calibrated({ ...PLATT, slope: -0.1 }),
      /calibration\.slope is a number outside/,
    ],
    ['a calibration too steep', calibrated({ ...PLATT, slope: 1e7 }), /calibration\.slope is a number outside/],
    [
      'a calibration too far away',
      calibrated({ ...PLATT, intercept: -1e7 }),
      /calibration\.intercept is a number outside/,
    ],
    ['a calibration of both kinds', calibrated({ ...ISOTONIC, slope: 1 }), /only kind, scores, probabilities/],
    [
      'a calibration without points',
      calibrated({ ...ISOTONIC, scores: [], probabilities: [] }),
      /scores is a list of 0/,
    ],
    [
      'too many points',
      calibrated({ ...ISOTONIC, scores: Array.from({ length: 20_001 }, (_, i) => i / 20_001) }),
      /calibration\.scores is a list of 20001, expected a list of 1 to 20000/,
    ],
    [
      'a point without probability',
      calibrated({ ...ISOTONIC, probabilities: [0, 0.5, 1] }),
      /probabilities is a list of 3/,
    ],
    [
      'a probability above 1',
      calibrated({ ...ISOTONIC, probabilities: [0, 0, 0, 1.5] }),
      /probabilities\[3\] is a number outside/,
    ],
    ['a score twice', calibrated({ ...ISOTONIC, scores: [0.1, 0.3, 0.3, 0.8] }), /calibration\.scores is out of order/],
    [
      'probabilities that fall',
      calibrated({ ...ISOTONIC, probabilities: [0, 0.3, 0.2, 1] }),
      /probabilities is out of order/,
    ],
    ['a choice without a rule', by(undefined), /thresholdChoice\.rule is missing/],
    ['an unnamed rule', by({ value: 0.5 }), /thresholdChoice\.rule is missing/],
    ['an unknown rule', by({ rule: 'f1' }), /rule is unknown, expected one of fixed, recall, cost, youden/],
    ['a fixed threshold above 1', by({ rule: 'fixed', value: 2 }), /rule\.value is a number outside/],
    ['an unreachable recall', by({ rule: 'recall', atLeast: 1.5 }), /rule\.atLeast is a number outside/],
    ['a negative cost', by({ rule: 'cost', falsePositive: 1, falseNegative: -1 }), /falseNegative is a number outside/],
    ['a cost too few', by({ rule: 'cost', falsePositive: 1 }), /rule\.falseNegative is missing/],
    ['an option of another rule', by({ rule: 'youden', atLeast: 1 }), /an object with 2 keys, expected only rule/],
    [
      'a choice with more positives than rows',
      chosen({ positives: 84 }),
      /thresholdChoice\.positives is a number outside/,
    ],
    ['half a row', chosen({ rows: 83.5 }), /thresholdChoice\.rows/],
    ['a recall above 1', chosen({ recall: 1.1 }), /thresholdChoice\.recall is a number outside/],
    ['a choice without precision', chosen({ precision: undefined }), /thresholdChoice\.precision is missing/],
  ])('refuses %s', (_, source, message) => expect(refusal(source)).toMatch(message));
});
