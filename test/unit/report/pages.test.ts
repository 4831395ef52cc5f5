import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDriftReport } from '../../../src/report/drift-report.js';
import { renderIndex } from '../../../src/report/list.js';
import { renderTrainingReport } from '../../../src/report/training-report.js';
import { driftReport, emptyDriftReport } from './drift-documents.js';
import { MODEL } from './made-up.js';
import { refusedReport, trainingReport } from './training-documents.js';

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
    decisions: [{ decision: text, by: text, proof: 'claimed', reason: text, at: text }],
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
