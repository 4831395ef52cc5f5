import type { ColumnHistogram } from '../../contracts/monitoring.js';
import { count, listed, measure, percent } from '../format.js';
import { html } from '../markup.js';
import { AXIS, type Chart, COLOUR, GRID } from './draw.js';

const SIZE = { width: 320, height: 190 };
/** Categories beyond these are drawn as one. */
const MOST_CATEGORIES = 10;
/** Bins whose widths differ by more than this share are drawn by density. */
const SAME_WIDTH = 0.01;
/** From this share on an axis ends at 100 %. */
const NEARLY_ALL = 0.75;

/** Which mark is which, beside every picture of two distributions. */
export const SIDES = html`<i class="key reference">reference</i> <i class="key current">current</i>`;

/** A column's distribution in the window over the one at training. */
export function histogramChart(column: string, histogram: ColumnHistogram): Chart {
  const { bins } = histogram;
  const constant = 'edges' in bins && bins.edges.at(0) === bins.edges.at(-1);
  const drawn =
    'edges' in bins && !constant
      ? stepsOf(bins.edges, histogram)
      : barsOf('edges' in bins ? [measure(bins.edges[0] ?? null)] : bins.categories, histogram);
  return { title: column, size: SIZE, legend: SIDES, description: inWords(histogram), option: drawn };
}

function stepsOf(edges: number[], { reference, current }: ColumnHistogram) {
  const widths = reference.map((_, bin) => edges[bin + 1]! - edges[bin]!);
  const [narrowest, widest] = [Math.min(...widths), Math.max(...widths)];
  const even = widest - narrowest <= SAME_WIDTH * widest;
  const heights = (shares: number[]) =>
    even ? shares : shares.map((share, bin) => (widths[bin]! > 0 ? share / widths[bin]! : 0));
  const outline = (shares: number[]) => [
    [edges[0]!, 0],
    ...heights(shares).flatMap((height, bin) => [
      [edges[bin]!, height],
      [edges[bin + 1]!, height],
    ]),
    [edges.at(-1)!, 0],
  ];
  const series = { type: 'line', silent: true, symbol: 'none' } as const;
  return {
    grid: GRID,
    xAxis: {
      ...AXIS,
      type: 'value',
      min: edges[0],
      max: edges.at(-1),
      splitLine: { show: false },
      splitNumber: 4,
      axisLabel: { ...AXIS.axisLabel, formatter: measure, hideOverlap: true, showMinLabel: false, showMaxLabel: false },
    },
    yAxis: even ? shareAxis() : heightAxis(measure),
    series: [
      {
        ...series,
        data: outline(reference),
        lineStyle: { color: COLOUR.reference, width: 1 },
        areaStyle: { color: COLOUR.reference, opacity: 0.35 },
      },
      {
        ...series,
        data: outline(current),
        lineStyle: { color: COLOUR.current, width: 2 },
        areaStyle: { color: COLOUR.current, opacity: 0.12 },
      },
    ],
  };
}

function barsOf(categories: string[], histogram: ColumnHistogram) {
  const { names, reference, current } = fold(categories, histogram);
  const series = { type: 'bar', silent: true, barMaxWidth: 34, barGap: '8%' } as const;
  return {
    grid: GRID,
    xAxis: {
      ...AXIS,
      type: 'category',
      data: names,
      splitLine: { show: false },
      axisLabel: { ...AXIS.axisLabel, width: 250 / names.length, overflow: 'truncate', interval: 0 },
    },
    yAxis: shareAxis(),
    series: [
      { ...series, data: reference, itemStyle: { color: COLOUR.reference } },
      { ...series, data: current, itemStyle: { color: COLOUR.current } },
    ],
  };
}

/** Never above 100 %. */
const shareAxis = () => ({
  ...heightAxis((value) => percent(value)),
  max: ({ max }: { max: number }) => (max > NEARLY_ALL ? 1 : null),
});

const heightAxis = (formatter: (value: number) => string) => ({
  ...AXIS,
  type: 'value',
  min: 0,
  splitNumber: 3,
  axisLine: { show: false },
  axisLabel: { ...AXIS.axisLabel, formatter },
});

/** The most frequent categories, and all others as one. */
function fold(categories: string[], { reference, current }: ColumnHistogram) {
  const total = (index: number) => (reference[index] ?? 0) + (current[index] ?? 0);
  const byShare = categories.map((_, index) => index).sort((a, b) => total(b) - total(a));
  const kept = new Set(byShare.slice(0, MOST_CATEGORIES));
  const split = (shares: number[]) => [
    ...shares.filter((_, index) => kept.has(index)),
    ...(kept.size < categories.length
      ? [shares.reduce((sum, share, index) => (kept.has(index) ? sum : sum + share), 0)]
      : []),
  ];
  const others = categories.length - kept.size;
  return {
    names: [...categories.filter((_, index) => kept.has(index)), ...(others > 0 ? [`${count(others)} others`] : [])],
    reference: split(reference),
    current: split(current),
  };
}

/** Where most rows lie on either side. */
function inWords(histogram: ColumnHistogram): string {
  const top = (shares: number[]) => {
    const bin = shares.indexOf(Math.max(...shares));
    return `${percent(shares[bin] ?? null)} in ${binName(histogram, bin)}`;
  };
  const categories = 'categories' in histogram.bins ? `; categories ${listed(histogram.bins.categories)}` : '';
  return `most rows of the reference, ${top(histogram.reference)}; most rows of the window, ${top(histogram.current)}${categories}.`;
}

const binName = ({ bins }: ColumnHistogram, bin: number): string =>
  'edges' in bins
    ? `${measure(bins.edges[bin] ?? null)} to ${measure(bins.edges[bin + 1] ?? null)}`
    : (bins.categories[bin] ?? 'no category');
