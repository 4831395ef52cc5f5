import { describe, expect, it } from 'vitest';
import type { ColumnDrift } from '../../../src/contracts/monitoring.js';
import { renderDriftReport } from '../../../src/report/drift-report.js';
import { readSummary } from '../../../src/report/page.js';
import { checkEntry, driftReport, emptyDriftReport } from './drift-documents.js';
import { picturesOf, textOf } from './reading.js';

describe('drift report', () => {
  it('says the verdict, why, and what follows', () => {
    const text = textOf(renderDriftReport(driftReport()));
    expect(text).toContain('Alarm: 2 of 6 columns drifted');
    expect(text).toContain('3 of the latest 5 windows');
    expect(text).toContain('An alert is sent, once');
    expect(text).toContain('A retraining is asked for, because of drift');
    expect(text).toContain('31 rows of version 2');
    expect(text).toContain(
      'Estimated from the scores of 1 244 rows of 2026-03-01 14:00 to 2026-03-02 14:00 UTC (CBPE), not measured',
    );
  });

  it('says how many captured files were removed while they were read, and nothing where none were', () => {
    const report = driftReport();
    const text = textOf(renderDriftReport({ ...report, window: { ...report.window, goneFiles: 1203 } }));
    expect(text).toContain('Files removed meanwhile 1 203');
    expect(textOf(renderDriftReport(report))).not.toContain('Files removed meanwhile');
  });

  it.each(['by-hand', 'backfill'] as const)('says that a check %s has no effects', (mode) => {
    const report = driftReport();
    const text = textOf(renderDriftReport({ ...report, check: { ...report.check, mode } }));
    expect(text).toContain('no alert, no retraining');
    expect(text).not.toContain('An alert is sent');
  });

  it('names an episode that goes on, and sends no second alert', () => {
    const report = driftReport();
    const decision = { ...report.check.decision, state: 'ongoing' as const, begun: [], retrain: null };
    const text = textOf(renderDriftReport({ ...report, check: { ...report.check, decision } }));
    expect(text).toContain('Alarm goes on: 2 of 6 columns drifted');
    expect(text).toContain('to nobody twice');
    expect(text).not.toContain('An alert is sent');
  });

  it('draws every column with values, drifted ones first, and the trend', () => {
    const pictures = picturesOf(renderDriftReport(driftReport()));
    expect(pictures.map((label) => label.split(':')[0])).toEqual([
      'r',
      'hb',
      'g',
      'b',
      'prediction',
      'score',
      'Calibration',
      'Largest effect',
      'Share of drifted columns',
      'Share of refused requests',
      'ROC AUC with labels',
    ]);
  });

  it('says in words what is missing', () => {
    const text = textOf(renderDriftReport(emptyDriftReport()));
    expect(text).toContain('Too few rows to judge: 5 of at least 200');
    expect(text).toContain('No labels: nothing could be measured');
    expect(text).toContain('Without a value on one side: r.');
    expect(text).toContain('This is the first check');
    expect(text).toContain('not tested: nothing to compare');
  });

  it('tells which faults refused requests had, and counts them in the verdict once they are too many', () => {
    const report = driftReport();
    const refused = 'Why requests were refused Fault Requests Share of refused an unknown field 41';
    expect(textOf(renderDriftReport(report))).toContain(refused);
    expect(textOf(renderDriftReport(report))).toContain('46 of 1 290 requests: nothing of them was scored');
    const requests = { state: 'refused', total: 40, refused: 40, maximumShare: 0.05 } as const;
    const decision = { ...report.check.decision, state: 'suspected' as const, episodes: [], begun: [], retrain: null };
    const check = checkEntry(0, { rows: 0, drift: 'insufficient', requests, decision });
    expect(readSummary(renderDriftReport({ ...report, check }))).toMatchObject({
      tone: 'warn',
      verdict: 'Suspected: 40 of 40 requests refused; too few rows to judge: 0 of at least 200',
    });
  });

  it.each([
    ['alarm', ['refused-requests'], 'accepted', 'Alarm of refused requests: no drift in 6 columns', 'bad'],
    ['ongoing', ['drift', 'refused-requests'], 'refused', 'Alarm of drift and refused requests goes on: 40 of', 'bad'],
    ['ongoing', ['drift'], 'accepted', 'Alarm goes on: no drift in 6 columns', 'bad'],
    ['suspected', [], 'accepted', 'Suspected: no drift in 6 columns', 'warn'],
    ['quiet', [], 'accepted', 'No drift in 6 columns', 'good'],
  ] as const)('names the alarm that is %s of %s', (state, kinds, requests, verdict, tone) => {
    const report = driftReport();
    const episodes = kinds.map((kind) => ({ id: kind, kind, since: report.check.at }));
    const decision = { ...report.check.decision, state, episodes };
    const check = checkEntry(0, {
      decision,
      requests: { state: requests, total: 40, refused: 40, maximumShare: 0.05 },
    });
    const summary = readSummary(renderDriftReport({ ...report, check }));
    expect(summary).toMatchObject({ tone, verdict: expect.stringContaining(verdict) as string });
  });

  it('calls lost performance bad news', () => {
    const report = driftReport();
    const check = checkEntry(0, { performance: { state: 'lost', value: 0.8, rows: 420 } });
    const page = renderDriftReport({ ...report, check, performance: { ...report.performance, state: 'lost' } });
    expect(readSummary(page)).toEqual({
      tone: 'bad',
      verdict: 'No drift in 6 columns; ROC AUC is lost',
      createdAt: check.at,
    });
  });

  it('takes a thousand columns', () => {
    const [column] = driftReport().columns as [ColumnDrift];
    const columns = Array.from({ length: 1000 }, (_, index) => ({ ...column, column: `c${index}` }));
    const page = renderDriftReport(driftReport({ columns }));
    expect(picturesOf(page).length).toBeLessThan(60);
    expect(textOf(page)).toContain('952 more columns');
    expect(textOf(page)).toContain('c999');
  });
});
