import { percent, ratio, time } from '../format.js';
import { AXIS, type Chart, COLOUR, GRID } from './draw.js';

const SIZE = { width: 460, height: 210 };
const DOT = 5;
const ALARM_DOT = 12;
const HEADROOM = 1.25;
const SMALLEST_EXTENT = 0.01;

/** What one check found. */
export interface TrendPoint {
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
