import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concludeSearchTask } from '../../../src/compute/tasks/conclude-search.js';
import { crossValidateTask } from '../../../src/compute/tasks/cross-validate.js';
import { nestedRepeatTask } from '../../../src/compute/tasks/nested-repeat.js';
import type { CandidateDefinition } from '../../../src/contracts/definition.js';
import { encodeMatrix } from '../../../src/data/matrix.js';
import type { DecisionPolicy } from '../../../src/ml/evaluation/decision-threshold.js';
import type { ArtifactStore } from '../../../src/store/artifacts.js';
import { createFileStore } from '../../support/file-store.js';
import { CART, feature, syntheticTable } from '../ml/samples.js';
import { taskContext } from '../../support/task-context.js';
import { makeDirectory } from '../../support/temp.js';

const ROWS = 80;
const table = syntheticTable(ROWS, 2, 5);
const columns = [feature('a'), feature('b')].map((column) => ({ ...column, source: column.name }));
const POLICY: DecisionPolicy = { calibration: 'platt', threshold: { rule: 'youden' } };
const OPTIONS = [1, 2, 4].map((maxDepth) => ({ ...CART.options, maxDepth }));
const withOptions = (options: (typeof OPTIONS)[number]): CandidateDefinition => ({ ...CART, options });
const searched: CandidateDefinition = { ...CART, search: { method: 'grid', trials: OPTIONS } };

let directory: string;
let store: ArtifactStore;
const reported: string[] = [];
const context = () => taskContext(store, (progress) => void reported.push(progress));
beforeAll(async () => {
  directory = await makeDirectory();
  store = createFileStore(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const common = async () => ({
  ...{ columns, ...POLICY, split: { testFraction: 0.2, seed: 7 } },
  matrix: await store.put(encodeMatrix({ names: ['a', 'b'], ...table, roles: new Uint8Array(ROWS) })),
  validation: { folds: 4, repeats: 2, confidence: 0.9, maxRows: 20_000 },
});
const measured = async (candidate: CandidateDefinition) =>
  crossValidateTask.run({ ...(await common()), candidate, without: null }, context());
const nested = async (trials: typeof OPTIONS, repeat: number, innerFolds = 3) =>
  nestedRepeatTask.run(
    { ...(await common()), trials: trials.map(withOptions), repeat, innerFolds, metric: 'logLoss' },
    context(),
  );

async function concluded(trials: typeof OPTIONS) {
  const rows = await Promise.all(trials.map((options) => measured(withOptions(options))));
  const repeats = [await nested(trials, 0), await nested(trials, 1)];
  const row = await concludeSearchTask.run(
    {
      ...{ ...POLICY, candidate: searched, metric: 'logLoss', validation: (await common()).validation },
      trials: rows.map(({ options, metrics, warnings }) => ({ options, value: metrics.logLoss, warnings })),
      nested: repeats,
      warnings: [{ code: 'search-cut-short', message: 'cut' }],
    },
    context(),
  );
  return { row, rows };
}

describe('the tasks of an option search', () => {
  it('conclude with the options of the best trial and the nested estimate of all', async () => {
    const { row, rows } = await concluded(OPTIONS.slice(0, 2));
    const [best, other] = rows.sort((a, b) => a.metrics.logLoss.value! - b.metrics.logLoss.value!);
    expect(row).toMatchObject({
      ...{ candidate: 'cart', kind: 'cart', without: null, rows: ROWS, folds: 4, repeats: 2 },
      options: best!.options,
      search: {
        ...{ method: 'grid', measured: 2, planned: 3, winner: best!.metrics.logLoss },
        best: [best, other].map((trial) => ({ options: trial!.options, value: trial!.metrics.logLoss.value })),
      },
    });
    expect(row.warnings.map(({ code }) => code)).toContain('search-cut-short');
    expect(row.metrics.logLoss.low).toBeLessThan(row.metrics.logLoss.value!);
    expect(reported).toContain('cart: 8 of 8 nested trials');
    const { rocAuc } = JSON.parse(Buffer.from(await store.get(row.foldMetrics)).toString()) as { rocAuc: number[] };
    expect(rocAuc).toHaveLength(8);
  });

  it('of a single trial come to what its cross-validation found', async () => {
    const { row, rows } = await concluded([OPTIONS[1]!]);
    const { metrics, confusion, foldMetrics } = rows[0]!;
    expect({ metrics: row.metrics, confusion: row.confusion, foldMetrics: row.foldMetrics }).toEqual({
      ...{ metrics, confusion, foldMetrics },
    });
  });

  it('refuse more inner folds than an outer training part has rows of a class', async () => {
    await expect(nested(OPTIONS, 0, 60)).rejects.toMatchObject({
      type: 'DataContract',
      message: expect.stringMatching(
        /^The smaller class has \d+ rows in an outer training part, fewer than the 60 folds on which options are chosen; lower search\.innerFolds or raise validation\.folds\.$/,
      ) as string,
    });
  });
});
