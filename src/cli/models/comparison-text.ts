import Table from 'cli-table3';
import pc from 'picocolors';
import { type Difference, verdictOf } from '../../contracts/comparison.js';
import { METRIC_NAMES } from '../../contracts/metrics.js';
import { decimals, percentOf } from '../../contracts/text.js';
import { metricLabel } from '../../report/format.js';
import { wrapped } from '../wrapped.js';
import type { ComparedVersions } from './compare-versions.js';

/** The comparison as a table for people. */
export function comparisonText(compared: ComparedVersions): string {
  const { model, a, b, holdoutOf, comparison, minimumRowsPerClass } = compared;
  const { rows, positives, confidence, metrics } = comparison;
  const level = `${percentOf(confidence)} %`;
  const table = new Table({
    head: ['', `version ${a.version}`, `version ${b.version}`, `difference, ${level}`, `version ${a.version} is`],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'left'],
  });
  for (const metric of METRIC_NAMES) {
    const { a: mine, b: theirs, difference } = metrics[metric];
    table.push([metricLabel(metric), decimals(mine), decimals(theirs), ...judged(difference)]);
  }
  const smaller = Math.min(positives, rows - positives);
  return [
    pc.bold(`${model}: version ${a.version} (${a.candidate}) against version ${b.version} (${b.candidate})`),
    `On ${rows} rows, ${positives} positive: the hold-out of version ${holdoutOf} without what the other was trained on.`,
    table.toString(),
    wrapped(
      `Positive differences are better for version ${a.version}, also of losses. Intervals are of a paired bootstrap; each one alone misses in ${percentOf(1 - confidence)} of 100 cases, so do not make much of one metric among many.`,
    ),
    ...(smaller < minimumRowsPerClass
      ? [
          pc.yellow(
            wrapped(
              `Only ${smaller} rows of the smaller class: below ${minimumRowsPerClass} (gate.minimumRowsPerClass) the gate does not go by them, and the intervals are rough.`,
            ),
          ),
        ]
      : []),
  ].join('\n\n');
}

const COLOURS = { better: pc.green, worse: pc.red, 'no clear difference': pc.dim };

function judged(difference: Difference | null): [string, string] {
  if (difference === null) return ['-', pc.dim('undefined')];
  const verdict = verdictOf(difference);
  const { value, low, high } = difference;
  return [`${signed(value)}  ${pc.dim(`${signed(low)} to ${signed(high)}`)}`, COLOURS[verdict](verdict)];
}

/** With its sign, but for what is zero to three decimals. */
function signed(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? text : `${value < 0 ? '-' : '+'}${text}`;
}
