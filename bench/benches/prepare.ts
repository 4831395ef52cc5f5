import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_ROWS } from '../../scripts/sample-table.js';
import { type Bench, MILLION } from '../context.js';
import { median, repeated, reportOf, runScript } from '../measure.js';
import type { Prepared } from '../processes/prepare.js';

const BUDGET_SECONDS = 2;
const BUDGET_BYTES = 2 ** 30;
const STAGES = ['ingest', 'profile', 'features'] as const;

/** A million rows of four features up to the matrix that learners read, each time in a fresh process. */
export const prepare: Bench = {
  name: 'ingest-profile-features',
  async run({ directory, repeats, table }) {
    const [large, small] = [await table(MILLION), await table(SAMPLE_ROWS)];
    const home = join(directory, 'home-prepare');
    const found = await repeated(repeats, async () => {
      const run = await runScript('bench/processes/prepare.ts', [large, small, home]);
      await rm(home, { recursive: true, force: true });
      return reportOf(run) as Prepared;
    });
    const stage = (name: (typeof STAGES)[number]) => median(found.map(({ seconds }) => seconds[name]));
    const shares = STAGES.map((name) => `${name} ${stage(name).toFixed(2)} s`).join(', ');
    const bench = 'ingest-profile-features';
    return [
      {
        ...{ bench, what: 'time, 1,000,000 x 4', unit: 's', peer: null },
        ours: median(found.map(({ seconds }) => STAGES.reduce((sum, name) => sum + seconds[name], 0))),
        budget: { kind: 'most', limit: BUDGET_SECONDS },
        note: `${shares}, one after the other; modules loaded before`,
      },
      {
        ...{ bench, what: 'peak memory', unit: 'MiB', peer: null },
        ours: Math.max(...found.map(({ peakBytes }) => peakBytes)),
        budget: { kind: 'most', limit: BUDGET_BYTES },
        note: '',
      },
    ];
  },
};
