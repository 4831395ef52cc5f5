import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_ROWS } from '../../scripts/sample-table.js';
import type { Bench } from '../context.js';
import { median, repeated } from '../measure.js';
import { NOT_INSTALLED, runPeer } from '../python.js';
import { withStack } from '../stack.js';

const BUDGET_SHARE = 1 / 5;

/** `start-pipeline` on the sample with a warm stack, everything computed anew, beside a Python script that does the like. */
export const pipelineWarm: Bench = {
  name: 'pipeline-warm',
  async run({ directory, repeats, table }) {
    const sample = await table(SAMPLE_ROWS);
    const whole = await withStack(async ({ startPipeline }) => {
      const options = ['--no-cache', '--dataset', sample];
      await startPipeline(options);
      return median((await repeated(repeats, () => startPipeline(options))).map(({ seconds }) => seconds));
    });
    const work = await mkdtemp(join(directory, 'python-'));
    const script = () => runPeer('pipeline.py', [sample, work]);
    const peer = (await script()) === null ? null : await timesOf(repeats, script);
    const bench = 'pipeline-warm';
    return [
      {
        ...{ bench, what: `start-pipeline, ${SAMPLE_ROWS} rows`, unit: 's', ours: whole },
        peer: peer === null ? null : { name: 'Python script', value: peer },
        budget: { kind: 'share', limit: BUDGET_SHARE },
        note: peer === null ? NOT_INSTALLED : 'both after one run before; the script validates 3 candidates, ours 6',
      },
    ];
  },
};

async function timesOf(repeats: number, act: () => Promise<{ seconds: number } | null>): Promise<number> {
  return median((await repeated(repeats, act)).map((run) => run?.seconds ?? NaN));
}
