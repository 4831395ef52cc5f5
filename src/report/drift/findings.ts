import type { ColumnDrift, Hypothesis, EstimatedPerformance, Performance } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/results.js';
import type { TimeWindow } from '../../contracts/values.js';
import { DRIFT_STATISTICS } from '../../ml/drift/statistics/index.js';
import { draw } from '../charts/draw.js';
import { histogramChart, SIDES } from '../charts/histogram.js';
import { calibrationChart } from '../charts/quality.js';
import { count, counted, measure, percent, pValue, interval, metricLabel, NOTHING, period, ratio } from '../format.js';
import { type Content, html, type Markup, charts, table, tag } from '../markup.js';
import type { Section } from '../page.js';
import { driftedFirst, isDrifted } from './verdict.js';

/* What the check found: columns and their tests, and how good predictions still are. */

/** Pictures beyond these would make the page slow; the JSON document holds all columns. */
const MOST_HISTOGRAMS = 48;

/** Distributions side by side, drifted columns first. */
export function columnsSection({ columns, reference }: DriftReport): Section {
  const drawn = driftedFirst(columns).filter(({ histogram }) => histogram !== null);
  const empty = columns.filter(({ histogram }) => histogram === null).map(({ column }) => column);
  const more = drawn.length - MOST_HISTOGRAMS;
  return {
    id: 'distributions',
    title: 'Distributions',
    lead: html`The window against ${counted(reference.rows, 'row')} known at training
    (${reference.exact ? 'every value kept' : 'quantile sketches'}). ${SIDES}`,
    body: [
      drawn.length > 0 ? charts(drawn.slice(0, MOST_HISTOGRAMS).map(picture)) : html`<p>There is nothing to draw.</p>`,
      more > 0 &&
        html`<p class="lead">${count(more)} more columns stand in the tables below and in the JSON document.</p>`,
      empty.length > 0 && html`<p class="lead">Without a value on one side: ${empty.join(', ')}.</p>`,
    ],
  };
}

function picture(column: ColumnDrift): Markup {
  const chart = histogramChart(column.column, column.histogram!);
  return html`<div>${draw({ ...chart, legend: markOf(column) })}</div>`;
}

function markOf(column: ColumnDrift): Markup {
  if (isDrifted(column)) return tag('bad', 'drifted');
  return column.hypotheses.length > 0 ? tag('good', 'no drift') : tag('neutral', 'no verdict');
}

/** Every test and hypothesis with its numbers. */
export const testsSection = ({ columns, policy }: DriftReport): Section => ({
  id: 'tests',
  title: 'Tests',
  lead: html`The decision is made by the hypotheses: adjusted p (Benjamini-Hochberg over the window) at most
  ${measure(policy.drift.falseDiscoveryRate)}, and an effect of at least its minimum. Evidently's default is shown
  beside it and decides nothing.`,
  body: [
    table('Hypotheses', HYPOTHESIS_COLUMNS, driftedFirst(columns).flatMap(hypothesisRows)),
    table("Columns, and Evidently's default test", COLUMN_COLUMNS, driftedFirst(columns).map(columnRow)),
  ],
});

const HYPOTHESIS_COLUMNS = [
  { head: 'Column' },
  { head: 'Question' },
  { head: 'p', number: true },
  { head: 'Adjusted p', number: true },
  { head: 'Effect' },
  { head: 'Size', number: true },
  { head: 'Minimum', number: true },
  { head: 'Verdict' },
];

const COLUMN_COLUMNS = [
  { head: 'Column' },
  { head: 'Rows', number: true },
  { head: 'Missing', number: true },
  { head: 'Mean', number: true },
  { head: 'Evidently test' },
  { head: 'Value', number: true },
  { head: 'Threshold', number: true },
  { head: 'Verdict' },
  { head: 'Stability index', number: true },
];

const ABOUT: Record<Hypothesis['about'], string> = {
  distribution: 'same distribution',
  missing: 'as many missing',
  range: 'within the range',
};

function hypothesisRows(column: ColumnDrift) {
  if (column.hypotheses.length === 0)
    return [
      { cells: [name(column), 'not tested: nothing to compare', '', '', '', '', '', tag('neutral', 'no verdict')] },
    ];
  return column.hypotheses.map(({ about, p, adjustedP, effect, drifted }) => ({
    marked: drifted,
    cells: [
      name(column),
      ABOUT[about],
      pValue(p),
      pValue(adjustedP),
      effect.name,
      measure(effect.value),
      measure(effect.minimum),
      verdict(drifted),
    ],
  }));
}

function columnRow(column: ColumnDrift) {
  const { reference, current, test, stability } = column;
  const both = (of: (side: ColumnDrift['reference']) => string): Content =>
    html`${of(current)}<small>${of(reference)} before</small>`;
  return {
    cells: [
      name(column),
      both(({ rows }) => count(rows)),
      both(({ rows, missing }) => percent(rows + missing > 0 ? missing / (rows + missing) : null)),
      both(({ mean }) => measure(mean)),
      test ? DRIFT_STATISTICS[test.name].label : 'none: one side has no value',
      test ? (DRIFT_STATISTICS[test.name].measure === 'p' ? pValue(test.value) : measure(test.value)) : '',
      test ? measure(test.threshold) : '',
      test ? verdict(test.drifted) : tag('neutral', 'no verdict'),
      stability ? measure(stability.value) : '',
    ],
  };
}

const name = ({ column, role, kind }: ColumnDrift): Content =>
  html`${column}${role === 'feature' && kind === 'numeric' ? null : html` <small>${role === 'feature' ? kind : `${kind} ${role}`}</small>`}`;

const verdict = (drifted: boolean): Markup => (drifted ? tag('bad', 'drift') : tag('good', 'no drift'));

/** Quality with the labels known by now, or what the scores promise, named as an estimate. */
export function performanceSection({ check, performance }: DriftReport): Section {
  const { window, measured, estimated, found } = performance;
  return {
    id: 'performance',
    title: 'Performance',
    lead: html`${found} Labels are looked for among predictions of ${period(window)}.`,
    body: [
      measured
        ? measuredPart(measured, performance)
        : html`<p>
            ${performance.state === 'none' ? 'No labels: nothing could be measured.' : 'Too few labels to tell of.'}
          </p>`,
      estimated ? estimatedPart(estimated, check.window, performance) : null,
    ],
  };
}

function measuredPart(measured: Performance, finding: DriftReport['performance']): Content {
  const rows = Object.entries(measured.metrics).map(([metric, value]) => ({
    marked: metric === finding.metric,
    cells: [
      metricLabel(metric),
      ratio(value.value),
      interval(value) || NOTHING,
      metric === finding.metric ? ratio(finding.reference) : NOTHING,
    ],
  }));
  const calibration = {
    cells: ['expected calibration error', ratio(measured.calibrationError), NOTHING, NOTHING],
  };
  const share = percent(measured.rows > 0 ? measured.positives / measured.rows : null);
  return html`<div class="pair">
    <div>
      ${table(
        `Measured on ${counted(measured.rows, 'labelled row')}, ${share} positive`,
        [
          { head: 'Metric' },
          { head: 'Value', number: true },
          { head: 'Interval', number: true },
          { head: 'At training', number: true },
        ],
        [...rows, calibration],
      )}
    </div>
    <div>${measured.calibration.length > 0 ? charts([draw(calibrationChart(measured.calibration))]) : null}</div>
  </div>`;
}

function estimatedPart(
  { rows, metrics }: EstimatedPerformance,
  window: TimeWindow,
  finding: DriftReport['performance'],
): Content {
  return [
    table(
      `Estimated from the scores of ${counted(rows, 'row')} of ${period(window)} (CBPE), not measured`,
      [{ head: 'Metric' }, { head: 'Estimate', number: true }, { head: 'At training', number: true }],
      Object.entries(metrics).map(([metric, value]) => ({
        cells: [metricLabel(metric), ratio(value), metric === finding.metric ? ratio(finding.reference) : NOTHING],
      })),
    ),
    html`<p class="lead">
      Confidence-based performance estimation takes scores for probabilities. It sees changes of the inputs, and is
      blind to a change of what the inputs mean for the label.
    </p>`,
  ];
}
