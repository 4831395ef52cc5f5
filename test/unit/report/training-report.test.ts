import { describe, expect, it } from 'vitest';
import type { ThresholdRule } from '../../../src/contracts/definition.js';
import { renderTrainingReport } from '../../../src/report/training-report.js';
import { picturesOf, textOf } from './reading.js';
import { refusedReport, trainingReport } from './training-documents.js';

describe('training report', () => {
  it('says outcome, numbers, gate, champion and who decided', () => {
    const text = textOf(renderTrainingReport(trainingReport()));
    expect(text).toContain('Version 3 is deployed');
    expect(text).toContain('random-forest chosen 0.969 0.945 to 0.993');
    expect(text).toContain('Against version 2, now serving');
    expect(text).toContain('no clear difference');
    expect(text).toContain('approved the reviewer (signed) recall is up, calibration is fine');
    expect(text).toContain('A screening aid and no diagnosis');
    expect(text).toContain('r, g and b depend on each other linearly');
  });

  it('says where the threshold lies, by which rule, and what it meant', () => {
    const report = trainingReport();
    const text = textOf(renderTrainingReport(report));
    expect(text).toContain('A row is called anaemic when its score is at least 0.31.');
    expect(text).toContain('the highest with a recall of at least 0.95');
    expect(text).toContain("Platt's scaling, fitted on out-of-fold scores");
    expect(text).toContain('Recall, out of fold 0.952: 95 % of anaemic rows are called so');
    expect(text).toContain('Specificity, out of fold 0.887: 89 % of not anaemic rows are called so');
    expect(text).toContain('Precision, out of fold 0.741: 74 % of rows called anaemic are');

    const by = (rule: ThresholdRule) => {
      const decision = { ...report.decision!, choice: { ...report.decision!.choice!, rule } };
      return textOf(renderTrainingReport({ ...report, decision }));
    };
    expect(by({ rule: 'fixed', value: 0.4 })).toContain('fixed at 0.4 by the definition');
    expect(by({ rule: 'youden' })).toContain('the greatest sum of recall and specificity');
    expect(by({ rule: 'cost', falsePositive: 1, falseNegative: 5 })).toContain(
      'the least cost, where calling not anaemic rows anaemic costs 1 each, and anaemic rows not anaemic 5',
    );
    const before = { threshold: 0.5, choice: null, calibration: 'none' } as const;
    expect(textOf(renderTrainingReport({ ...report, decision: before }))).toContain('Rule fixed Calibration none');
    expect(textOf(renderTrainingReport(refusedReport()))).toContain('None was chosen: no version was registered.');
  });

  it('draws intervals, curves, calibration and importances', () => {
    expect(picturesOf(renderTrainingReport(trainingReport())).map((label) => label.split(':')[0])).toEqual([
      'ROC AUC by candidate',
      'ROC curve',
      'Precision and recall',
      'Calibration',
      'Permutation importance',
    ]);
  });

  it('says in words what a refused run has not', () => {
    const text = textOf(renderTrainingReport(refusedReport()));
    expect(text).toContain('Refused by the gate');
    expect(text).toContain('recall at least 0.95: 0.905');
    expect(text).toContain('What served before still serves.');
    expect(text).toContain('Not evaluated: no version was registered');
    expect(text).toContain('no version registered');
    expect(text).toContain('The definition does not say.');
  });

  it('of a run that failed early tells where and why, and nothing of a model', () => {
    const report = refusedReport();
    const stages = report.status.stages.map((stage, i) => ({
      ...stage,
      state: i === 0 ? ('running' as const) : ('waiting' as const),
    }));
    const status = { ...report.status, stages, leaderboard: [], chosen: null, gate: null, holdout: null };
    const run = { ...report.run, outcome: 'failed' as const, reason: 'table.csv: has no column Hb in line 1' };
    const text = textOf(renderTrainingReport({ ...report, status, run }));
    expect(text).toContain('The run failed');
    expect(text).toContain('table.csv: has no column Hb in line 1. What served before still serves.');
    expect(text).toContain('ingest failed here');
    expect(text).toContain('Model card');
    for (const nothing of ['Leaderboard', 'Separation', 'Lineage']) expect(text).not.toContain(nothing);
  });

  it('says that separation is not defined without positives', () => {
    const report = trainingReport();
    const evaluation = { ...report.evaluation!, positives: 0, roc: [], precisionRecall: [], importances: [] };
    const page = renderTrainingReport({ ...report, evaluation });
    expect(textOf(page)).toContain('separation is not defined');
    expect(textOf(page)).toContain('the hold-out has one class alone');
    expect(picturesOf(page)).not.toContain('ROC curve');
  });
});
