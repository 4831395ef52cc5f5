import type { Estimate } from '../../contracts/values.js';
import { estimate, measure } from '../format.js';
import { AXIS, type Chart, COLOUR, GRID } from './draw.js';

const WIDTH = 460;
const ROW_HEIGHT = 28;
const AXES_HEIGHT = 66;
const LABEL_WIDTH = 140;
const DOT = 5;

/** A line of an interval plot. */
export interface IntervalRow {
  label: string;
  estimate: Estimate;
  /** Drawn in the colour of what is looked at. */
  marked: boolean;
}

interface Drawing {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
}

/** Values with their intervals, one a line (a forest plot). Rows without a value are left out of the picture. */
export function intervalPlot(plot: { title: string; axis: string; rows: IntervalRow[]; zero?: boolean }): Chart {
  const rows = plot.rows.filter((row) => row.estimate.value !== null);
  return {
    title: plot.title,
    size: { width: WIDTH, height: rows.length * ROW_HEIGHT + AXES_HEIGHT },
    description: rows.map((row) => `${row.label} ${estimate(row.estimate)}`).join('; ') || 'no value is defined.',
    option: {
      grid: { ...GRID, left: 24 },
      xAxis: {
        ...AXIS,
        type: 'value',
        scale: true,
        name: plot.axis,
        nameGap: 28,
        splitNumber: 4,
        axisLine: { show: false },
        axisLabel: { ...AXIS.axisLabel, formatter: measure, hideOverlap: true },
        ...(plot.zero ? { min: ({ min }: { min: number }) => Math.min(0, min) } : {}),
      },
      yAxis: {
        ...AXIS,
        type: 'category',
        inverse: true,
        data: rows.map(({ label }) => label),
        splitLine: { show: false },
        axisLabel: { ...AXIS.axisLabel, color: COLOUR.ink, width: LABEL_WIDTH, overflow: 'truncate', interval: 0 },
      },
      series: [
        {
          type: 'custom',
          silent: true,
          renderItem: (_: unknown, api: Drawing) => drawRow(rows, api),
          encode: { x: [1, 2, 3], y: 0 },
          data: rows.map(({ estimate: { value, low, high } }, index) => [index, value, low ?? value, high ?? value]),
        },
      ],
    },
  };
}

function drawRow(rows: IntervalRow[], api: Drawing) {
  const row = api.value(0);
  const [value, low, high] = [1, 2, 3].map((dimension) => api.coord([api.value(dimension), row])) as [
    [number, number],
    [number, number],
    [number, number],
  ];
  const colour = rows[row]?.marked ? COLOUR.current : COLOUR.reference;
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour, lineWidth: 2, fill: 'none' },
  });
  return {
    type: 'group',
    children: [
      line(low[0], low[1], high[0], high[1]),
      ...[low, high].map(([x, y]) => line(x, y - DOT, x, y + DOT)),
      { type: 'circle', shape: { cx: value[0], cy: value[1], r: DOT }, style: { fill: colour } },
    ],
  };
}
