import type { Evaluation } from '../../contracts/results.js';
import { count, percent, ratio } from '../format.js';
import { AXIS, type Chart, COLOUR, GRID } from './draw.js';

const SIZE = { width: 320, height: 300 };
/** Diameters in pixels of the points of a bin with hardly a row and of one with all of them; between, areas grow with the rows. */
const SMALLEST_DOT = 6;
const LARGEST_DOT = 22;

type Bins = Evaluation['calibration'];
type Point = [number, number];

/** Receiver operating characteristic. */
export function rocChart({ roc }: Pick<Evaluation, 'roc'>): Chart {
  const points = roc.map((point): Point => [point.falsePositiveRate, point.truePositiveRate]);
  const half = points.find(([, y]) => y >= 0.9);
  return {
    title: 'ROC curve',
    size: SIZE,
    description: `recall over the false positive rate; ${half ? `90 % recall costs ${percent(half[0])} false positives` : 'no point reaches 90 % recall'}.`,
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
