import type { Evaluation } from '../../contracts/results.js';
import type { Estimate } from '../../contracts/values.js';
import { count, percent, ratio, estimate, measure } from '../format.js';
import { AXIS, type Chart, COLOUR, GRID } from './draw.js';

/* How good a model is, in pictures: separation, calibration, values with their intervals. */

const SIZE = { width: 320, height: 300 };
/** Diameters in pixels of a bin with hardly a row and of one with all rows; between them by the root of the share of rows. */
const SMALLEST_DOT = 6;
const LARGEST_DOT = 22;

type Bins = Evaluation['calibration'];
type Point = [number, number];

/** Receiver operating characteristic. */
export function rocChart({ roc }: Pick<Evaluation, 'roc'>): Chart {
  const points = roc.map((point): Point => [point.falsePositiveRate, point.truePositiveRate]);
  const reached = points.find(([, y]) => y >= 0.9);
  return {
    title: 'ROC curve',
    size: SIZE,
    description: `recall over the false positive rate; ${reached ? `90 % recall costs ${percent(reached[0])} false positives` : 'no point reaches 90 % recall'}.`,
    option: square('false positive rate', 'true positive rate (recall)', [
      dashed([
        [0, 0],
        [1, 1],
      ]),
      curve(points),
    ]),
  };
}

/** Precision over recall, with the share of positives that guessing would reach. */
export function precisionRecallChart({ precisionRecall, rows, positives }: Evaluation): Chart {
  const base = rows > 0 ? positives / rows : 0;
  const points = precisionRecall.map((point): Point => [point.recall, point.precision]);
  return {
    title: 'Precision and recall',
    size: SIZE,
    description: `precision over recall; the dashed line is the share of positives, ${percent(base)}.`,
    option: square('recall', 'precision', [
      dashed([
        [0, base],
        [1, base],
      ]),
      curve(points),
    ]),
  };
}

/** Share of positives over the mean score of ten bins; on the dashed line a score is a probability. */
export function calibrationChart(bins: Bins): Chart {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const dot = (bin: number) => Math.sqrt((bins[bin]?.rows ?? 0) / Math.max(rows, 1));
  return {
    title: 'Calibration',
    size: SIZE,
    description: `share of positives by mean score: ${bins.map((bin) => `${ratio(bin.meanScore)} ${ratio(bin.positiveShare)} (${count(bin.rows)} rows)`).join('; ')}.`,
    option: square('mean score', 'share of positives', [
      dashed([
        [0, 0],
        [1, 1],
      ]),
      {
        ...curve(bins.map((bin): Point => [bin.meanScore, bin.positiveShare])),
        symbol: 'circle',
        symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
          SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * dot(dataIndex),
        itemStyle: { color: COLOUR.current, opacity: 0.75 },
        clip: false,
      },
    ]),
  };
}

const square = (x: string, y: string, series: object[]) => ({
  grid: GRID,
  xAxis: unitAxis(x, 28),
  yAxis: unitAxis(y, 36),
  series,
});

const unitAxis = (name: string, nameGap: number) => ({
  ...AXIS,
  type: 'value',
  min: 0,
  max: 1,
  interval: 0.25,
  name,
  nameGap,
});

const curve = (data: Point[]) => ({
  type: 'line',
  silent: true,
  symbol: 'none',
  data,
  lineStyle: { color: COLOUR.current, width: 2 },
});

const dashed = (data: Point[]) => ({
  type: 'line',
  silent: true,
  symbol: 'none',
  data,
  lineStyle: { color: COLOUR.reference, width: 1, type: [4, 4] },
});

/** Of an interval plot, in pixels. */
const WIDTH = 460;
const ROW_HEIGHT = 28;
const AXES_HEIGHT = 66;
const LABEL_WIDTH = 140;
const DOT = 5;

/** A line of an interval plot. */
interface IntervalRow {
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
