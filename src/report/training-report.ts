import type { TrainingReport } from '../contracts/results.js';
import { shortDigest } from '../contracts/text.js';
import { count, counted, interval, metricLabel, NOTHING, ratio, time } from './format.js';
import { html, link } from './markup.js';
import { type KeyNumber, renderPage, type Section } from './page.js';
import { cardSection, lineageSection, chosenRow, outcomeOf, runSection, warningsSection } from './training/run.js';
import { comparedSections, gateSection, leaderboardSection } from './training/leaderboard.js';
import { curvesSection, decisionSection, importancesSection, errorsSection } from './training/evaluation.js';
import { profileSection } from './training/profile.js';

/** The page of a training run: one self-contained HTML file, the same bytes for the same document. */
export function renderTrainingReport(report: TrainingReport): string {
  const { model, run, createdAt } = report;
  const { tone, verdict, detail } = outcomeOf(report);
  return renderPage({
    title: `Training of ${model.name}${model.version === null ? '' : ` version ${model.version}`}, ${time(createdAt)}`,
    kicker: html`<b>${model.name}</b> ${model.version === null ? 'no version registered' : `version ${model.version}`} ·
      training run · ${time(createdAt)}`,
    summary: { tone, verdict, createdAt },
    detail,
    numbers: keyNumbers(report),
    sections: [
      // A run that ended before has nothing to show of a model.
      ...(report.status.leaderboard.length > 0 ? modelSections(report) : []),
      warningsSection(report.status.warnings),
      runSection(report),
      ...(report.lineage === null ? [] : [lineageSection(report)]),
      cardSection(report),
    ],
    footer: html`Run ${link(run.ui, html`<code>${run.workflowId}</code>`)} ·
    ${model.sha256 === null ? 'no model' : html`model <code>${shortDigest(model.sha256)}</code>`} · training-report,
    schema version ${report.schemaVersion}`,
  });
}

const modelSections = (report: TrainingReport): Section[] => [
  leaderboardSection(report),
  gateSection(report),
  ...comparedSections(report),
  curvesSection(report),
  decisionSection(report),
  errorsSection(report),
  importancesSection(report),
  profileSection(report),
];

function keyNumbers(report: TrainingReport): KeyNumber[] {
  const { status, selectionMetric } = report;
  const chosen = chosenRow(report);
  const selected = chosen?.metrics[selectionMetric];
  return [
    {
      label: `${metricLabel(selectionMetric)}, cross-validated`,
      value: ratio(selected?.value ?? null),
      note: selected ? interval(selected) || 'no interval' : 'nothing was chosen',
    },
    {
      label: 'Chosen candidate',
      value: status.chosen ?? NOTHING,
      note: chosen
        ? `of ${counted(status.leaderboard.filter(({ without }) => without === null).length, 'candidate')}`
        : 'not reached',
    },
    {
      label: 'Recall, cross-validated',
      value: ratio(chosen?.metrics.recall.value ?? null),
      note: chosen ? interval(chosen.metrics.recall) || 'no interval' : 'nothing was chosen',
    },
    {
      label: 'Hold-out',
      value: status.holdout ? ratio(status.holdout.metrics.rocAuc.value) : NOTHING,
      note: status.holdout
        ? `ROC AUC on ${counted(status.holdout.rows, 'row')}, ${count(status.holdout.positives)} positive`
        : 'not reached',
    },
    {
      label: 'Data',
      value: status.dataset ? count(status.dataset.rows) : NOTHING,
      note: status.dataset ? `rows kept, ${count(status.dataset.rejected)} rejected` : 'not read',
    },
  ];
}
