import type { Difference } from '../../contracts/values.js';
import type { VersionComparison, TrainingReport, ChampionComparison, GateVerdict } from '../../contracts/results.js';
import { verdictOf, counted, metricLabel, percent, ratio, count, gain, sentence } from '../format.js';
import { LOWER_IS_BETTER, METRIC_NAMES, type MetricName } from '../../contracts/vocabulary.js';
import { type Content, html, type Tone, table, tag, type TableRow, withNote } from '../markup.js';
import type { Section } from '../page.js';

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
  const name = html`${sentence(metricLabel(metric))}${LOWER_IS_BETTER.has(metric) ? ' ↓' : null}`;
  return { marked, cells: [name, ratio(a), ratio(b), ...judged(difference)] };
}

function judged(difference: Difference | null) {
  if (difference === null) return [ratio(null), 'undefined'];
  const verdict = verdictOf(difference);
  const { value, low, high } = difference;
  return [withNote(gain(value), `${gain(low)} to ${gain(high)}`), tag(TONES[verdict], verdict)];
}
