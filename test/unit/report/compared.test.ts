import { describe, expect, it } from 'vitest';
import { trainingReportSchema } from '../../../src/report/schema/training-report.js';
import { renderTrainingReport } from '../../../src/report/training-report.js';
import { comparedReport } from './compared-documents.js';
import { textOf } from './reading.js';
import { trainingReport } from './training-documents.js';

describe('compared with the version that served', () => {
  it('tells every metric of both, the difference and what it means', () => {
    const text = textOf(renderTrainingReport(comparedReport()));
    expect(text).toContain('Compared with version 2');
    expect(text).toContain('On the 214 hold-out rows, 57 positive, that neither was trained on');
    expect(text).toContain('ROC AUC 0.962 0.940 +0.022 −0.004 to +0.049 no clear difference');
    expect(text).toContain('Recall 0.911 0.842 +0.069 +0.021 to +0.118 better');
    expect(text).toContain('Specificity 0.902 0.941 −0.039 −0.072 to −0.008 worse');
    expect(text).toContain('F1 0.800 0.800 0.000 0.000 to 0.000 no clear difference');
    expect(text).toContain('Brier score ↓ 0.061 0.079 +0.018 +0.004 to +0.031 better');
    expect(text).toContain('Precision – 0.800 – undefined');
  });

  it('is not there when the two were compared by estimates, and the gate says at which level', () => {
    const text = textOf(renderTrainingReport(trainingReport()));
    expect(text).not.toContain('Compared with version');
    expect(text).toContain('(90 % interval −0.004 to 0.028), no clear difference');
  });

  it('is as the schema has it', () => {
    const document = comparedReport();
    expect(trainingReportSchema.parse(document)).toEqual(document);
  });
});
