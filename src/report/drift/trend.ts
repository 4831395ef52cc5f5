import type { CheckEntry } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/results.js';
import { draw } from '../charts/draw.js';
import { trendChart, type TrendPoint } from '../charts/trend.js';
import { fileNameOf } from '../sink.js';
import { count, listed, measure, metricLabel, NOTHING, percent, ratio, time } from '../format.js';
import { html, link, type Markup, type Tone, charts, table, tag } from '../markup.js';
import type { Section } from '../page.js';
import { inAlarm } from './verdict.js';

/** Latest checks in the table; the pictures show them all. */
const LATEST = 12;

const STATES: Record<CheckEntry['decision']['state'], [Tone, string]> = {
  quiet: ['good', 'quiet'],
  suspected: ['warn', 'suspected'],
  alarm: ['bad', 'alarm begins'],
  ongoing: ['bad', 'alarm goes on'],
};

/** The check among those before it. */
export function trendSection({ check, trend, policy, performance, columns }: DriftReport): Section {
  const checks = [...trend, check];
  return {
    id: 'trend',
    title: 'Trend',
    lead:
      trend.length === 0
        ? 'This is the first check.'
        : `This check and the ${count(trend.length)} before it. A diamond marks a check in alarm.`,
    body: [
      trend.length > 0 ? charts(pictures(checks, columns.length, policy, performance), true) : null,
      table('Latest checks', COLUMNS, checks.slice(-LATEST).reverse().map(row)),
    ],
  };
}

function pictures(
  checks: CheckEntry[],
  columns: number,
  policy: DriftReport['policy'],
  performance: DriftReport['performance'],
): Markup[] {
  const points = (value: (check: CheckEntry) => number | null): TrendPoint[] =>
    checks.map((check) => ({ at: check.at, value: value(check), alarm: inAlarm(check) }));
  const refused = points(refusedShare);
  const labelled = points(({ performance: { value } }) => value);
  const mostRefused = checks.at(-1)!.requests.maximumShare;
  const least = performance.reference === null ? null : performance.reference - policy.performance.maximumLoss;
  return [
    trendChart({
      title: 'Largest effect',
      points: points(({ largestEffect }) => largestEffect?.value ?? null),
      limit: { value: policy.drift.minimumEffect, label: `minimum ${measure(policy.drift.minimumEffect)}` },
      share: false,
      fromZero: true,
    }),
    trendChart({
      title: 'Share of drifted columns',
      points: points(({ drift, driftedCount }) =>
        drift === 'insufficient' || columns === 0 ? null : driftedCount / columns,
      ),
      limit: null,
      share: true,
      fromZero: true,
    }),
    ...(refused.some(({ value }) => value)
      ? [
          trendChart({
            title: 'Share of refused requests',
            points: refused,
            limit: { value: mostRefused, label: `most ${percent(mostRefused)}` },
            share: true,
            fromZero: true,
          }),
        ]
      : []),
    ...(labelled.some(({ value }) => value !== null)
      ? [
          trendChart({
            title: `${metricLabel(performance.metric)} with labels`,
            points: labelled,
            limit: least === null ? null : { value: least, label: `least allowed ${ratio(least)}` },
            share: false,
            fromZero: false,
          }),
        ]
      : []),
  ].map(draw);
}

/** `null` without requests. */
const refusedShare = ({ requests }: CheckEntry): number | null =>
  requests.total > 0 ? requests.refused / requests.total : null;

/** A report is named after the workflow of its check, and those of one model are in one directory. */
const idOf = ({ run }: CheckEntry): string => run.split('/')[0]!;

const COLUMNS = [
  { head: 'Checked' },
  { head: 'State' },
  { head: 'Version', number: true },
  { head: 'Rows', number: true },
  { head: 'Drifted columns' },
  { head: 'Largest effect', number: true },
  { head: 'Refused', number: true },
  { head: 'With labels', number: true },
];

function row(check: CheckEntry, index: number) {
  const [tone, state] =
    check.drift === 'insufficient' && check.decision.state === 'quiet'
      ? (['neutral', 'insufficient'] as const)
      : STATES[check.decision.state];
  return {
    marked: index === 0,
    cells: [
      index === 0
        ? html`${time(check.at)} <small>this check</small>`
        : link(`${fileNameOf('id', idOf(check))}.html`, time(check.at)),
      tag(tone, state),
      String(check.model.version),
      count(check.rows),
      listed(check.driftedColumns, 4) || NOTHING,
      measure(check.largestEffect?.value ?? null),
      percent(refusedShare(check)),
      ratio(check.performance.value),
    ],
  };
}
