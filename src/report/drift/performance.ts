import type { TimeWindow } from '../../contracts/values.js';
import type { EstimatedPerformance, Performance } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/results.js';
import { calibrationChart } from '../charts/quality.js';
import { draw } from '../charts/draw.js';
import { counted, interval, metricLabel, NOTHING, percent, period, ratio } from '../format.js';
import { type Content, html, charts, table } from '../markup.js';
import type { Section } from '../page.js';

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
