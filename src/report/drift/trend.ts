import type { CheckEntry } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/results.js';
import { draw, AXIS, type Chart, COLOUR, GRID } from '../charts/draw.js';
import { count, listed, measure, metricLabel, NOTHING, percent, ratio, time } from '../format.js';
import { html, link, type Markup, type Tone, charts, table, tag } from '../markup.js';
import type { Section } from '../page.js';
import { fileNameOf } from '../sink.js';
import { inAlarm } from './verdict.js';

const SIZE = { width: 460, height: 210 };
const DOT = 5;
const ALARM_DOT = 12;
const HEADROOM = 1.25;
const SMALLEST_EXTENT = 0.01;

/** What one check found. */
interface TrendPoint {
  /** ISO 8601, UTC. */
  at: string;
  /** `null` where the check could not say. */
  value: number | null;
  /** The check belongs to an alarm. */
  alarm: boolean;
}

/** One number of every check over time, with its limit; checks in alarm have a mark of another shape and colour. */
export function trendChart(trend: {
  title: string;
  points: TrendPoint[];
  limit: { value: number; label: string } | null;
  /** Shares of one are shown in per cent. */
  share: boolean;
  /** Whether nothing is at zero; otherwise the axis follows the values. */
  fromZero: boolean;
}): Chart {
  const { title, points, limit, share, fromZero } = trend;
  const show = share ? percent : ratio;
  return {
    title,
    size: SIZE,
    description: inWords(points, show),
    option: {
      useUTC: true,
      grid: { ...GRID, top: 18 },
      xAxis: {
        ...AXIS,
        type: 'time',
        splitNumber: 4,
        splitLine: { show: false },
        axisLabel: {
          ...AXIS.axisLabel,
          hideOverlap: true,
          formatter: { year: '{yyyy}', month: '{d} {MMM}', day: '{d} {MMM}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' },
        },
      },
      yAxis: {
        ...AXIS,
        type: 'value',
        ...extent(points, limit?.value ?? null, fromZero),
        splitNumber: 3,
        axisLine: { show: false },
        axisLabel: {
          ...AXIS.axisLabel,
          showMinLabel: fromZero,
          showMaxLabel: false,
          formatter: share ? (value: number) => percent(value) : ticks,
        },
      },
      series: [
        {
          type: 'line',
          silent: true,
          data: points.map(({ at, value, alarm }) => ({
            value: [at, value],
            symbol: alarm ? 'diamond' : 'circle',
            symbolSize: alarm ? ALARM_DOT : points.length > 40 ? 3 : DOT,
            itemStyle: { color: alarm ? COLOUR.alarm : COLOUR.current },
          })),
          showAllSymbol: true,
          lineStyle: { color: COLOUR.current, width: 1.5 },
          ...(limit ? { markLine: limitLine(limit) } : {}),
        },
      ],
    },
  };
}

/** Room for the line and its limit. */
function extent(points: TrendPoint[], limit: number | null, fromZero: boolean): { min: number; max: number } {
  const values = [...points.map(({ value }) => value), limit].filter((value) => value !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (fromZero) return { min: Math.min(0, least), max: Math.max(most * HEADROOM, SMALLEST_EXTENT) };
  const room = Math.max((most - least) * (HEADROOM - 1), SMALLEST_EXTENT);
  return { min: least - room, max: most + room };
}

const ticks = (value: number) => String(Number(value.toPrecision(3)));

const limitLine = ({ value, label }: { value: number; label: string }) => ({
  silent: true,
  symbol: 'none',
  data: [{ yAxis: value }],
  lineStyle: { color: COLOUR.alarm, width: 1, type: [4, 4] },
  label: {
    formatter: label,
    position: 'insideStartTop',
    color: COLOUR.alarm,
    fontSize: 11,
    textBorderColor: COLOUR.page,
    textBorderWidth: 3,
  },
});

function inWords(points: TrendPoint[], show: (value: number | null) => string): string {
  const known = points.filter(({ value }) => value !== null);
  const [first, last] = [known.at(0), known.at(-1)];
  if (!first || !last) return 'no check could say.';
  const alarms = points.filter(({ alarm }) => alarm).length;
  return `${show(first.value)} at ${time(first.at)}, ${show(last.value)} at ${time(last.at)}; ${alarms} of ${points.length} checks in alarm.`;
}

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
