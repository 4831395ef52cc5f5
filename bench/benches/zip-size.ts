import type { CandidateKind } from '../../src/ml/learners/index.js';
import { SAMPLE_ROWS } from '../../scripts/sample-table.js';
import { type Bench, MILLION } from '../context.js';
import type { Row } from '../row.js';

const BUDGET_BYTES = 100_000;

const MODELS: [kind: CandidateKind, rows: number][] = [
  ['logistic-regression', SAMPLE_ROWS],
  ['cart', SAMPLE_ROWS],
  ['random-forest', SAMPLE_ROWS],
  ['random-forest', MILLION],
];

/** Bytes that are uploaded to Lambda: handler and model, by kind of model and size of what it learned from. */
export const zipSize: Bench = {
  name: 'zip-size',
  async run({ zip }) {
    const rows: Row[] = [];
    for (const [kind, count] of MODELS) {
      rows.push({
        bench: 'zip-size',
        what: `${kind}, ${count} rows`,
        unit: 'KB',
        ours: (await zip(kind, count)).bytes,
        peer: null,
        budget: { kind: 'most', limit: BUDGET_BYTES },
        note: '',
      });
    }
    return rows;
  },
};
