import { verdictOf } from '../../contracts/comparison.js';
import type { TrainingReport } from '../../contracts/report.js';
import type { ChampionComparison, GateVerdict } from '../../contracts/results.js';
import { counted, metricLabel, percent, ratio } from '../format.js';
import { type Content, html } from '../markup.js';
import type { Section } from '../page.js';
import { table, tag } from '../parts.js';

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
