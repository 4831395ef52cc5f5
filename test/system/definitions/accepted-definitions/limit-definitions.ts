import { ALIAS_LIMIT, FUNCTION_LIMIT, type WrittenDefinition } from './written-definitions.js';
import { CLASS_LIMIT, NAME_LIMIT, UNIT_LIMIT, WORDS, WRITINGS } from './written-texts.js';

const plain: WrittenDefinition = {
  model: 'plain',
  columns: [{ source: 'A', name: 'a', range: [0, 1] }],
  target: { source: 'T', labels: { yes: 1, no: 0 } },
  missing: [],
  split: { seed: 42 },
  validation: { folds: 2, repeats: 1, confidence: 0.5 },
  candidates: [{ kind: 'logistic-regression', options: {} }],
  calibration: 'platt',
  threshold: { rule: 'youden' },
  gate: { aboveChance: false, championMargin: -1 },
  deployment: {},
};

/** Every text is as long, and every number as large or small, as one may be. */
export const AT_THE_LIMITS: WrittenDefinition = {
  ...plain,
  model: 'x'.repeat(NAME_LIMIT),
  columns: [
    {
      source: 'x'.repeat(500),
      name: 'x'.repeat(NAME_LIMIT),
      unit: '🩸'.repeat(UNIT_LIMIT),
      range: [-1e100, 1e100],
      impute: 'mean',
    },
    { source: 'zwei\nZeilen', name: 'y', unit: 'k'.repeat(UNIT_LIMIT), range: [0, 5e-324], impute: 'median' },
    { source: 'a"b', name: 'z', unit: '"<i>', range: [1, 1 + Number.EPSILON] },
  ],
  target: {
    source: "'; DROP TABLE typed; --",
    labels: { 'ja\nnein': 1, [`nein ${'x'.repeat(500)}`]: 0 },
    positive: '🩸'.repeat(CLASS_LIMIT),
    negative: 'x'.repeat(CLASS_LIMIT),
  },
  deployment: {
    functionName: 'n'.repeat(FUNCTION_LIMIT),
    alias: 'a'.repeat(ALIAS_LIMIT),
    function: { memoryMiB: 128, timeoutSeconds: 900, captureInputs: true, urlAccess: 'NONE', cors: null },
  },
};

/** Features are called as requests, answers, tables and objects call their parts. */
export const WORDS_AS_NAMES: WrittenDefinition = {
  ...plain,
  model: 'constructor',
  columns: WORDS.map((name, i) => ({ source: WRITINGS[i]!, name, range: [0, 1] as const })),
  target: { source: 'label', labels: { 1: 1, '0.0': 0 }, positive: 'constructor', negative: '__proto__' },
  deployment: { functionName: '__proto__', alias: 'constructor' },
};
