import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/cli/text/run-summary.js';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { type LeaderboardRow, searchLine } from '../../../src/contracts/results.js';
import { markdown } from '../../../src/contracts/text.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { renderTrainingReport } from '../../../src/report/training-report.js';
import { describeRun } from '../../../src/workflows/kit/details.js';
import { textOf } from './reading.js';
import { trainingReport } from './training-documents.js';

const report = trainingReport();
const given = report.status.leaderboard.find(({ without }) => without === null)!;
const searched: LeaderboardRow = {
  ...given,
  ...{ candidate: 'network', kind: 'neural-network', repeats: 2 },
  options: { hiddenUnits: [16, 8], l2Regularization: 0.01, epochs: 100, learningRate: 0.02, batchRows: 32 },
  metrics: { ...given.metrics, rocAuc: { value: 0.871, low: 0.8, high: 0.93 } },
  search: {
    ...{ method: 'random', measured: 17, planned: 20, best: [] },
    winner: { value: 0.9124, low: 0.85, high: 0.95 },
  },
};
const status = { ...report.status, leaderboard: [searched, ...report.status.leaderboard] };

const line = (metric: string) =>
  `network: random search, 17 of 20 trials measured, best hiddenUnits [16, 8], l2Regularization 0.01, epochs 100, learningRate 0.02, batchRows 32; ${metric} 0.912 where it was chosen (flattering), 0.871 in 2 nested repeats`;

describe('a search of options', () => {
  it('is told in one line, where there was one', () => {
    expect(searchLine(searched, 'rocAuc')).toBe(line('rocAuc'));
    expect(searchLine(given, 'rocAuc')).toBeNull();
    expect(searchLine({ ...searched, without: 'hb' }, 'rocAuc')).toBeNull();
    const undecided = { ...searched, search: { ...searched.search!, winner: { value: null, low: null, high: null } } };
    expect(searchLine(undecided, 'rocAuc')).toContain('rocAuc undefined where it was chosen');
  });

  it('is in the report, in the Web UI and on the terminal', async () => {
    const page = textOf(renderTrainingReport({ ...report, status }));
    expect(page).toContain(line('ROC AUC'));
    expect(page).toContain('10 × 5-fold cross-validation');
    expect(textOf(renderTrainingReport(report))).not.toContain('flattering');

    const definition = await loadDefinition('pipelines/anemia.json');
    expect(describeRun(status, definition, '')).toContain(`**Options**\n\n- ${markdown(line('rocAuc'))}`);
    expect(describeRun(report.status, definition, '')).not.toContain('**Options**');

    const reported: PipelineReport = {
      ...status,
      workflowId: 'train-1',
      runId: 'run',
      outcome: 'deployed',
      reason: '',
      unchanged: false,
      failure: null,
      ui: null,
    };
    const terminal = summarize(reported, 'rocAuc', null).replace(/\s+/g, ' ');
    expect(terminal).toContain(line('rocAuc'));
    expect(summarize({ ...reported, leaderboard: [given] }, 'rocAuc', null)).not.toContain('Options');
  });
});
