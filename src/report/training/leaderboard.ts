import { type MetricName, LOWER_IS_BETTER } from '../../contracts/vocabulary.js';
import type { TrainingReport, LeaderboardRow } from '../../contracts/results.js';
import { searchLine } from '../../contracts/text.js';
import { draw } from '../charts/draw.js';
import { intervalPlot } from '../charts/interval-plot.js';
import { count, interval, metricLabel, percent, ratio, sentence } from '../format.js';
import { html, type Markup, bullets, charts, table, tag, withNote } from '../markup.js';
import type { Section } from '../page.js';

const SHOWN: MetricName[] = ['rocAuc', 'averagePrecision', 'accuracy', 'recall', 'specificity', 'precision', 'brier'];

/** All candidates by their cross-validated metrics. */
export function leaderboardSection(report: TrainingReport): Section {
  const { status, selectionMetric, confidence } = report;
  const first = status.leaderboard.find(({ search }) => !search) ?? status.leaderboard[0];
  if (!first)
    return {
      id: 'leaderboard',
      title: 'Leaderboard',
      body: html`<p>The run ended before a candidate was trained.</p>`,
    };
  const metrics = [selectionMetric, ...SHOWN.filter((metric) => metric !== selectionMetric)];
  return {
    id: 'leaderboard',
    title: 'Leaderboard',
    lead: html`${first.repeats} × ${first.folds}-fold cross-validation on ${count(first.rows)} training rows, intervals
    at ${percent(confidence)}. Selected by ${metricLabel(selectionMetric)}.`,
    body: [
      table(
        'Candidates',
        [{ head: 'Candidate' }, ...metrics.map((metric) => ({ head: headOf(metric), number: true }))],
        status.leaderboard.map((row) => ({
          marked: isChosen(report, row),
          cells: [
            html`${nameOf(row)} ${isChosen(report, row) ? tag('good', 'chosen') : null}`,
            ...metrics.map((metric) => withNote(ratio(row.metrics[metric].value), interval(row.metrics[metric]))),
          ],
        })),
      ),
      searchesOf(report),
      charts([draw(plotOf(report))], true),
    ],
  };
}

/** How options were found, where they were searched. */
function searchesOf({ status, selectionMetric }: TrainingReport): Markup | null {
  const lines = status.leaderboard
    .map((row) => searchLine(row, selectionMetric, metricLabel(selectionMetric)))
    .filter((line) => line !== null);
  return lines.length > 0 ? bullets(lines) : null;
}

const headOf = (metric: MetricName) =>
  html`${sentence(metricLabel(metric))}${LOWER_IS_BETTER.has(metric) ? ' ↓' : null}`;

const plotOf = (report: TrainingReport) =>
  intervalPlot({
    title: `${sentence(metricLabel(report.selectionMetric))} by candidate`,
    axis: metricLabel(report.selectionMetric),
    rows: report.status.leaderboard.map((row) => ({
      label: nameOf(row),
      estimate: row.metrics[report.selectionMetric],
      marked: isChosen(report, row),
    })),
  });

const nameOf = ({ candidate, without }: LeaderboardRow) =>
  without === null ? candidate : `${candidate} without ${without}`;

const isChosen = ({ status }: TrainingReport, { candidate, without }: LeaderboardRow) =>
  without === null && candidate === status.chosen;
