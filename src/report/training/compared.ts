import { type Difference, verdictOf, type VersionComparison } from '../../contracts/comparison.js';
import { LOWER_IS_BETTER, METRIC_NAMES, type MetricName } from '../../contracts/metrics.js';
import type { TrainingReport } from '../../contracts/report.js';
import { count, counted, gain, metricLabel, percent, ratio, sentence } from '../format.js';
import { html } from '../markup.js';
import type { Section, Tone } from '../page.js';
import { table, tag, type TableRow, withNote } from '../parts.js';

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
  const name = html`${sentence(metricLabel(metric))}${LOWER_IS_BETTER.has(metric) ? ' ↓' : null}`;
  return { marked, cells: [name, ratio(a), ratio(b), ...judged(difference)] };
}

function judged(difference: Difference | null) {
  if (difference === null) return [ratio(null), 'undefined'];
  const verdict = verdictOf(difference);
  const { value, low, high } = difference;
  return [withNote(gain(value), `${gain(low)} to ${gain(high)}`), tag(TONES[verdict], verdict)];
}
