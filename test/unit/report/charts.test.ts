import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw } from '../../../src/report/charts/draw.js';
import { histogramChart } from '../../../src/report/charts/histogram.js';
import { intervalPlot } from '../../../src/report/charts/quality.js';
import { trendChart } from '../../../src/report/drift/trend.js';

const flat = (low: number, high: number) => ({
  bins: { edges: [low, low / 2 + high / 2, high] },
  reference: [0.5, 0.5],
  current: [0.25, 0.75],
});

const DRAWN = /<svg role="img" aria-label="[^"]+" viewBox="0 0 \d+ \d+"/;

describe('charts', () => {
  it('draw both sides of a histogram at their heights', () => {
    const svg = draw(histogramChart('hb', flat(0, 10))).toString();
    expect(svg).toMatch(DRAWN);
    expect(svg.match(/stroke="var\(--reference\)"/g)).toHaveLength(1);
    expect(svg.match(/stroke="var\(--current\)"/g)).toHaveLength(1);
    expect(svg).toContain('most rows of the window, 75 % in 5 to 10.');
  });

  it('draw density where bins differ in width, and shares where they do not', () => {
    const uneven = { bins: { edges: [0, 1, 11] }, reference: [0.5, 0.5], current: [0.5, 0.5] };
    expect(draw(histogramChart('x', uneven)).toString()).not.toContain('%</text>');
    expect(draw(histogramChart('x', flat(0, 10))).toString()).toContain('%</text>');
  });

  it('draw a single value as one bar, and rare categories as one', () => {
    expect(draw(histogramChart('x', { bins: { edges: [2, 2] }, reference: [1], current: [1] })).toString()).toContain(
      '>2</text>',
    );
    const shares = Array.from({ length: 30 }, (_, index) => (30 - index) / 465);
    const categories = shares.map((_, index) => `c${index}`);
    const svg = draw(histogramChart('x', { bins: { categories }, reference: shares, current: shares })).toString();
    expect(svg.match(/<path [^>]*fill="var\(--current\)"/g)).toHaveLength(11);
  });

  it('mark an alarm by shape and colour, and leave a gap for a check without a value', () => {
    const at = (hour: number) => `2026-03-02T0${hour}:00:00Z`;
    const points = [0, 1, 2, 3].map((hour) => ({ at: at(hour), value: hour === 1 ? null : 0.1, alarm: hour === 3 }));
    const svg = draw(trendChart({ title: 'effect', points, limit: null, share: false, fromZero: true })).toString();
    expect(svg.match(/fill="var\(--alarm\)"/g)).toHaveLength(1);
    expect(svg.match(/fill="var\(--current\)"/g)).toHaveLength(2);
  });

  it('leave out rows without a value, and draw a value without an interval as a dot', () => {
    const row = (label: string, value: number | null) => ({
      label,
      estimate: { value, low: null, high: null },
      marked: true,
    });
    const svg = draw(
      intervalPlot({ title: 'AUC', axis: 'AUC', rows: [row('known', 0.9), row('unknown', null)] }),
    ).toString();
    expect(svg).toContain('>known</text>');
    expect(svg).not.toContain('>unknown</text>');
    expect(svg.match(/<circle/g)).toHaveLength(1);
  });

  it('say in words what cannot be drawn', () => {
    const figure = draw(histogramChart('x', flat(-1.7e308, 1.7e308))).toString();
    expect(figure).toContain('This could not be drawn: most rows of the reference');
    expect(figure).not.toContain('<svg');
  });

  it('never fail, and never lose a number, whatever the range', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, double, (a, b) => {
        const figures = [
          draw(histogramChart('x', flat(Math.min(a, b), Math.max(a, b)))),
          draw(
            trendChart({
              title: 't',
              points: [{ at: '2026-03-02T00:00:00Z', value: a, alarm: false }],
              limit: null,
              share: false,
              fromZero: false,
            }),
          ),
          draw(
            intervalPlot({
              title: 't',
              axis: 'a',
              rows: [{ label: 'x', estimate: { value: a, low: b, high: b }, marked: false }],
            }),
          ),
        ];
        for (const figure of figures) expect(figure.toString()).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 30 },
    );
  });
});
