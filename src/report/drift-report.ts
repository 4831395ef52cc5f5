import type { DriftReport } from '../contracts/results.js';
import { shortDigest } from '../contracts/text.js';
import { columnsSection, testsSection, performanceSection } from './drift/findings.js';
import { isDrifted, nextSection, verdictOf } from './drift/verdict.js';
import { policySection, windowSection } from './drift/window.js';
import { trendSection } from './drift/trend.js';
import { count, measure, metricLabel, NOTHING, period, percent, ratio, time } from './format.js';
import { html } from './markup.js';
import { type KeyNumber, renderPage } from './page.js';

/** Metrics that a policy may watch. */
const WATCHED = ['rocAuc', 'accuracy', 'recall'] as const;

const MODES = { scheduled: 'scheduled check', 'by-hand': 'check by hand', backfill: 'backfilled check' } as const;

/** The page of a drift check: one self-contained HTML file, the same bytes for the same document. */
export function renderDriftReport(report: DriftReport): string {
  const { check } = report;
  const { name, version, sha256 } = check.model;
  return renderPage({
    title: `Drift check of ${name} version ${version}, ${time(check.at)}`,
    kicker: html`<b>${name}</b> version ${version} · ${MODES[check.mode]} · window ${period(check.window)}`,
    summary: { ...verdictOf(report), createdAt: check.at },
    detail: check.decision.why,
    numbers: keyNumbers(report),
    sections: [
      nextSection(check),
      columnsSection(report),
      testsSection(report),
      performanceSection(report),
      trendSection(report),
      windowSection(report),
      policySection(report.policy),
    ],
    footer: html`Model <code>${shortDigest(sha256)}</code> · run <code>${check.run}</code> · checked ${time(check.at)} ·
      drift-report, schema version ${report.schemaVersion}`,
  });
}

function keyNumbers({ check, columns, window, performance, policy }: DriftReport): KeyNumber[] {
  const { largestEffect } = check;
  return [
    {
      label: 'Rows in the window',
      value: count(window.rows),
      note: `at least ${count(policy.drift.minimumRows)} are needed`,
    },
    driftedNumber(check, columns),
    {
      label: 'Largest effect',
      value: largestEffect ? measure(largestEffect.value) : NOTHING,
      note: largestEffect
        ? `${largestEffect.column}; drift from ${measure(policy.drift.minimumEffect)}`
        : 'nothing was measured',
    },
    performanceNumber(performance),
  ];
}

function driftedNumber(check: DriftReport['check'], columns: DriftReport['columns']): KeyNumber {
  const label = 'Drifted columns';
  if (check.drift === 'insufficient') return { label, value: NOTHING, note: `${columns.length} columns, none judged` };
  const note = check.evidentlyDrift ? "drift by Evidently's default" : "no drift by Evidently's default";
  return { label, value: `${columns.filter(isDrifted).length} of ${columns.length}`, note };
}

function performanceNumber({ state, measured, estimated, metric, reference }: DriftReport['performance']): KeyNumber {
  const name = WATCHED.find((watched) => watched === metric);
  const trained = reference === null ? 'unknown at training' : `${ratio(reference)} at training`;
  const label = metricLabel(metric);
  const value = (name && measured?.metrics[name].value) ?? null;
  if (measured && value !== null)
    return {
      label: `${label}, measured`,
      value: ratio(value),
      note: `${trained}; ${percent(measured.positives / Math.max(measured.rows, 1))} positive`,
    };
  const guess = (name && estimated?.metrics[name]) ?? null;
  if (guess !== null) return { label: `${label}, estimated`, value: ratio(guess), note: `${trained}; no labels` };
  return { label, value: NOTHING, note: state === 'none' ? 'no labels' : 'too few labels' };
}
