import type { CandidateDefinition } from '../../src/contracts/definition.js';
import { type Bench, type Context, MILLION } from '../context.js';
import { median, reportOf, runScript } from '../measure.js';
import type { Learned } from '../processes/learn.js';
import { NOT_INSTALLED, runPeer } from '../python.js';
import type { Budget, Row } from '../row.js';

const TEST_ROWS = 200_000;
const TEST_SEED = 2;

/** Equal quality: an AUC on 200,000 rows has a standard error of about this. */
const AUC_TOLERANCE = 0.001;

const CART = { kind: 'cart', options: { maxDepth: 6, minLeafRows: 5, exactUpToRows: 0 } } as const;
/** One feature a split is what scikit-learn takes of three. */
const FOREST = {
  kind: 'random-forest',
  options: { trees: 20, maxDepth: 6, minLeafRows: 3, featuresPerSplit: 1 },
} as const;
const BOOSTING = {
  kind: 'gradient-boosting',
  options: { trees: 100, learningRate: 0.1, maxDepth: 6, minLeafRows: 20, l2Regularization: 0 },
} as const;
const SVM = {
  kind: 'linear-svm',
  options: { inverseRegularization: 1, maxIterations: 100, calibrationFolds: 5 },
} as const;

/** A tree of depth 6 on 1,000,000 rows of three features, beside scikit-learn's. */
export const cart: Bench = {
  name: 'cart',
  run: (context) => compare(context, 'cart', CART, 1 / 5),
};

/** Twenty trees of depth 6 on the same rows, one thread. */
export const forest: Bench = {
  name: 'forest',
  run: (context) => compare(context, 'forest', FOREST, 1 / 4),
};

/** A hundred trees of depth 6 on the same rows, one thread, beside scikit-learn's histogram boosting. */
export const boosting: Bench = {
  name: 'boosting',
  run: (context) => compare(context, 'boosting', BOOSTING, 1),
};

/** A linear SVM with Platt's scaling on the same rows, one thread. */
export const svm: Bench = {
  name: 'svm',
  run: (context) => compare(context, 'svm', SVM, 1),
};

async function compare(
  { repeats, colours }: Context,
  bench: string,
  { kind, options }: Pick<CandidateDefinition, 'kind' | 'options'>,
  share: number,
): Promise<Row[]> {
  const files = [await colours(MILLION), await colours(TEST_ROWS, TEST_SEED)];
  const args = [...files, kind, JSON.stringify(options), String(repeats)];
  const ours = reportOf(await runScript('bench/processes/learn.ts', args)) as Learned;
  const run = await runPeer('learn.py', args);
  const peer = run === null ? null : (reportOf(run) as Learned);
  const row = (what: string, unit: Row['unit'], value: (of: Learned) => number, budget: Budget | null): Row => ({
    ...{ bench, what, unit, budget },
    ours: value(ours),
    peer: peer === null ? null : { name: 'scikit-learn', value: value(peer) },
    note: peer === null ? NOT_INSTALLED : '',
  });
  const auc = row('AUC on other rows', 'AUC', (of) => of.auc, { kind: 'below', limit: AUC_TOLERANCE });
  const difference = peer === null ? '' : `ours less scikit-learn's ${(ours.auc - peer.auc).toFixed(5)}`;
  return [
    row('fit, 1,000,000 x 3', 's', (of) => median(of.seconds), { kind: 'share', limit: share }),
    { ...auc, note: auc.note || difference },
    { ...row('peak memory', 'MiB', (of) => of.peakBytes, null), note: '' },
  ];
}
