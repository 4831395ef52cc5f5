import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnDrift } from '../../src/contracts/drift.js';
import { renderDriftReport } from '../../src/report/drift-report.js';
import { renderIndex } from '../../src/report/index-page.js';
import { readSummary } from '../../src/report/page.js';
import { renderTrainingReport } from '../../src/report/training-report.js';
import { checkEntry, driftReport, emptyDriftReport, MODEL, refusedReport, trainingReport } from './documents.js';

/** Text of a page as a reader sees it, without pictures. */
const textOf = (page: string): string =>
  page
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

const picturesOf = (page: string): string[] =>
  [...page.matchAll(/<svg role="img" aria-label="([^"]*)"/g)].map(([, label]) => label!);

describe('drift report', () => {
  it('says the verdict, why, and what follows', () => {
    const text = textOf(renderDriftReport(driftReport()));
    expect(text).toContain('Alarm: 2 of 6 columns drifted');
    expect(text).toContain('3 of the latest 5 windows');
    expect(text).toContain('An alert is sent, once');
    expect(text).toContain('A retraining is asked for, because of drift');
    expect(text).toContain('31 rows of version 2');
    expect(text).toContain('Estimated from the scores of 1 244 rows (CBPE), not measured');
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

describe('training report', () => {
  it('says outcome, numbers, gate, champion and who decided', () => {
    const text = textOf(renderTrainingReport(trainingReport()));
    expect(text).toContain('Version 3 is deployed');
    expect(text).toContain('random-forest chosen 0.969 0.945 to 0.993');
    expect(text).toContain('Against version 2, now serving');
    expect(text).toContain('no clear difference');
    expect(text).toContain('approved the reviewer recall is up, calibration is fine');
    expect(text).toContain('A screening aid and no diagnosis');
    expect(text).toContain('r, g and b depend on each other linearly');
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

describe('every page', () => {
  const pages = [
    ['drift', renderDriftReport(driftReport())],
    ['empty drift', renderDriftReport(emptyDriftReport())],
    ['training', renderTrainingReport(trainingReport())],
    ['refused training', renderTrainingReport(refusedReport())],
    ['index', renderIndex([])],
  ] as const;

  it.each(pages)('%s: stands alone, without script, and forbids loading', (_, page) => {
    expect(page).not.toMatch(/<script|<link rel="stylesheet"|@import|<img|<iframe|\son\w+=/i);
    expect(page.replace(/<style>[\s\S]*<\/style>/, '')).not.toMatch(/(src|xlink:href)=/);
    expect(page).not.toMatch(/url\((?!#)/);
    expect(page).toContain("default-src 'none'");
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  });

  it.each(pages)('%s: has one first heading, tables with scopes, unique ids and no NaN', (_, page) => {
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(page).not.toMatch(/<th(?! scope=)[ >]/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page).not.toMatch(/NaN|undefined|\[object|Infinity/);
  });

  it.each(pages)('%s: uses no colour but those of the style sheet', (_, page) => {
    const drawn = page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<clipPath[\s\S]*?<\/clipPath>/g, '');
    const colours = [...drawn.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour);
    expect(colours.filter((colour) => colour !== 'none' && !/^var\(--[a-z]+\)$/.test(colour!))).toEqual([]);
  });

  it('is the same, byte for byte, for the same document', () => {
    expect(renderDriftReport(driftReport())).toBe(renderDriftReport(driftReport()));
    expect(renderTrainingReport(trainingReport())).toBe(renderTrainingReport(trainingReport()));
  });

  it('shows text of the document as text, whatever it holds', () => {
    const hostile = fc
      .tuple(fc.string({ maxLength: 8 }), fc.constantFrom('<', '>', '"', "'", '&'), fc.string({ maxLength: 8 }))
      .map(([before, sign, after]) => `${before}${sign}hostile${sign}${after}`);
    const address = fc.constantFrom('javascript:hostile()', 'data:text/html,hostile', ' "><b>hostile');
    fc.assert(
      fc.property(hostile, address, (text, url) => {
        for (const page of [
          renderTrainingReport(hostileTraining(text, url)),
          renderDriftReport(hostileDrift(text, url)),
        ]) {
          expect(page).not.toMatch(/[<>"']hostile/);
          expect(page).not.toMatch(/&hostile/);
          expect(page).not.toMatch(/href="(?!#|http:|https:|file:|data:image\/svg)/);
          expect(page).toContain('hostile');
        }
      }),
      { numRuns: 8 },
    );
  });
});

function hostileTraining(text: string, url: string) {
  const report = trainingReport();
  return trainingReport({
    model: { ...report.model, name: text },
    run: { ...report.run, reason: text, ui: url, workflowId: text },
    labels: { negative: text, positive: text },
    features: [{ name: text, unit: text, range: [0, 1] }],
    decisions: [{ decision: text, by: text, reason: text, at: text }],
    card: { intendedUse: text, limits: [text] },
    profile: { ...report.profile!, features: report.profile!.features.map((feature) => ({ ...feature, name: text })) },
    evaluation: {
      ...report.evaluation!,
      importances: [{ feature: text, loss: { value: 0.1, low: null, high: null } }],
    },
    status: {
      ...report.status,
      leaderboard: report.status.leaderboard.map((row) => ({ ...row, candidate: text, without: text })),
      endpoint: { url, alias: text },
      warnings: [{ code: 'label-leakage', message: text }],
    },
  });
}

function hostileDrift(text: string, url: string) {
  const report = driftReport();
  const entry = {
    ...report.check,
    model: { ...MODEL, name: text },
    driftedCount: 1,
    driftedColumns: [text],
    report: { html: url, json: url },
  };
  return driftReport({
    check: { ...entry, decision: { ...entry.decision, why: text }, largestEffect: { column: text, value: 1 } },
    trend: [entry],
    window: { ...report.window, unknownFeatures: [text], missingFeatures: [text] },
    columns: report.columns.map((column) => ({
      ...column,
      column: text,
      histogram: { bins: { categories: [text, `${text}2`] }, reference: [0.5, 0.5], current: [0.5, 0.5] },
    })),
    performance: { ...report.performance, found: text },
  });
}
