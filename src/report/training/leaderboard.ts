import {
  type TrainingReport,
  type LeaderboardRow,
  type VersionComparison,
  type ChampionComparison,
  type GateVerdict,
  searchLine,
} from '../../contracts/results.js';
import type { Difference } from '../../contracts/values.js';
import { type MetricName, LOWER_IS_BETTER, METRIC_NAMES } from '../../contracts/vocabulary.js';
import { draw } from '../charts/draw.js';
import { intervalPlot } from '../charts/quality.js';
import { count, interval, metricLabel, percent, ratio, sentence, verdictOf, counted, gain } from '../format.js';
import {
  html,
  type Markup,
  bullets,
  charts,
  table,
  tag,
  withNote,
  type Content,
  type Tone,
  type TableRow,
} from '../markup.js';
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

/** A metric, with an arrow where less is better. */
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

/** What the candidate had to show, and how it does against the model that serves. */
export function gateSection({ status: { gate } }: TrainingReport): Section {
  if (!gate) return { id: 'gate', title: 'Gate', body: html`<p>The run ended before the gate.</p>` };
  return {
    id: 'gate',
    title: 'Gate',
    lead: gate.passed ? 'Passed.' : 'Refused.',
    body: [checksOf(gate), html`<p>${championOf(gate)}</p>`],
  };
}

const checksOf = ({ checks }: GateVerdict): Content =>
  checks.length === 0
    ? html`<p>No rule was checked.</p>`
    : table(
        'Rules',
        [{ head: 'Rule' }, { head: 'Found' }, { head: 'Verdict' }],
        checks.map(({ rule, found, passed }) => ({
          cells: [rule, found, passed ? tag('good', 'passed') : tag('bad', 'failed')],
        })),
      );

function championOf({ unchanged, comparison, champion }: GateVerdict): string {
  if (unchanged) return `The candidate is byte for byte version ${champion ?? 'of the model'} now serving.`;
  if (comparison) return comparisonOf(comparison);
  return champion === null
    ? 'No version served when this was judged: there was no champion to compare with.'
    : `Version ${champion} served when this was judged; it was not compared.`;
}

function comparisonOf({ version, metric, basis, rows, confidence, difference }: ChampionComparison): string {
  const { value, low, high } = difference;
  const on =
    basis === 'holdout'
      ? `on ${counted(rows, 'row')} that neither was trained on (paired bootstrap)`
      : 'by cross-validated estimates, because too few rows are new to both';
  return `Against version ${version}, now serving, ${on}: difference in ${metricLabel(metric)} ${ratio(value)} (${percent(confidence)} interval ${ratio(low)} to ${ratio(high)}), ${verdictOf(difference)}.`;
}

const TONES: Record<ReturnType<typeof verdictOf>, Tone> = {
  better: 'good',
  worse: 'bad',
  'no clear difference': 'neutral',
};

/** Every metric of the candidate and of the version that served, on the same rows; nothing where there were too few. */
export function comparedSections({ status: { gate }, selectionMetric }: TrainingReport): Section[] {
  const { version, onCommonRows } = gate?.comparison ?? {};
  if (!onCommonRows) return [];
  const { rows, positives, confidence } = onCommonRows;
  return [
    {
      id: 'compared',
      title: `Compared with version ${version}`,
      lead: html`On the ${counted(rows, 'hold-out row')}, ${count(positives)} positive, that neither was trained on,
      each with its own threshold. Positive differences are better for the candidate, also of losses; intervals are of a
      paired bootstrap at ${percent(confidence)}. The gate reads ${metricLabel(selectionMetric)}; of many metrics one
      may differ by chance alone.`,
      body: table(
        'Candidate and champion on common rows',
        [
          { head: 'Metric' },
          { head: 'Candidate', number: true },
          { head: `Version ${version}`, number: true },
          { head: 'Difference', number: true },
          { head: 'Verdict' },
        ],
        METRIC_NAMES.map((metric) => rowOf(metric, onCommonRows.metrics[metric], metric === selectionMetric)),
      ),
    },
  ];
}

function rowOf(
  metric: MetricName,
  { a, b, difference }: VersionComparison['metrics'][MetricName],
  marked: boolean,
): TableRow {
  return { marked, cells: [headOf(metric), ratio(a), ratio(b), ...judged(difference)] };
}

function judged(difference: Difference | null) {
  if (difference === null) return [ratio(null), 'undefined'];
  const verdict = verdictOf(difference);
  const { value, low, high } = difference;
  return [withNote(gain(value), `${gain(low)} to ${gain(high)}`), tag(TONES[verdict], verdict)];
}
