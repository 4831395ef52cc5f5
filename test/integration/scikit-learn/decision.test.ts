import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { ThresholdRule } from '../../../src/contracts/definition.js';
import { chooseThreshold } from '../../../src/ml/evaluation/decision-threshold.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { createRandom } from '../../../src/ml/random.js';
import { temporaryDirectory } from '../../support/temp.js';
import { serviceProgram } from '../services.js';

/** As in decision.py. */
const RECALL = 0.9;
const FALSE_NEGATIVE = 4;

interface Best {
  youden: number;
  cost: number;
  falsePositives: number;
}

/** Overlapping classes; every second case with few distinct scores, so that many tie. */
function sampleOf(seed: number) {
  const random = createRandom(seed);
  const labels = Uint8Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => {
    const score = 0.02 + 0.96 * Math.min(1, Math.max(0, 0.25 * label + 0.75 * random.float()));
    return seed % 2 === 0 ? Math.round(score * 20) / 20 : score;
  });
  return { scores, labels };
}

it("finds the cuts that are best on scikit-learn's ROC curve", async () => {
  const cases = Array.from({ length: 20 }, (_, seed) => sampleOf(seed));
  const path = join(await temporaryDirectory(), 'cases.json');
  await writeFile(
    path,
    JSON.stringify(cases.map(({ scores, labels }) => ({ scores: [...scores], labels: [...labels] }))),
  );
  const script = join(import.meta.dirname, 'decision.py');
  const { stdout } = await promisify(execFile)(serviceProgram('python'), [script, path]);
  const best = JSON.parse(stdout) as Best[];

  expect(best).toHaveLength(cases.length);
  cases.forEach(({ scores, labels }, i) => {
    const by = (rule: ThresholdRule) => metricValues(scores, labels, chooseThreshold(rule, scores, labels).threshold);
    const { values } = by({ rule: 'youden' });
    expect(values.recall! + values.specificity! - 1).toBeCloseTo(best[i]!.youden, 12);
    const cheapest = by({ rule: 'cost', falsePositive: 1, falseNegative: FALSE_NEGATIVE }).confusion;
    expect(cheapest.falsePositives + FALSE_NEGATIVE * cheapest.falseNegatives).toBeCloseTo(best[i]!.cost, 9);
    const sensitive = by({ rule: 'recall', atLeast: RECALL });
    expect(sensitive.values.recall).toBeGreaterThanOrEqual(RECALL);
    expect(sensitive.confusion.falsePositives).toBe(best[i]!.falsePositives);
  });
});
