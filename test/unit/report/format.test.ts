import { describe, expect, it } from 'vitest';
import { count, duration, listed, measure, percent, period, pValue, ratio, time } from '../../../src/report/format.js';

describe('numbers in reports', () => {
  it.each([
    [0, '0'],
    [11.4, '11.4'],
    [0.515_349, '0.5153'],
    [-3.6, '−3.6'],
    [1234.56, '1\u202f234.6'],
    [1_234_567.8, '1\u202f234\u202f568'],
    [0.000_012, '1.20e−5'],
    [null, '–'],
  ])('measure %s as %s', (value, shown) => expect(measure(value)).toBe(shown));

  it.each([
    [0, '0 %'],
    [0.0024, '0.2 %'],
    [0.0999, '10 %'],
    [0.25, '25 %'],
    [1, '100 %'],
  ])('show the share %s as %s', (value, shown) => expect(percent(value)).toBe(shown));

  it.each([
    [1e-9, '< 0.0001'],
    [0.0004, '0.0004'],
    [0.0321, '0.032'],
    [1, '1.000'],
  ])('show p %s as %s', (value, shown) => expect(pValue(value)).toBe(shown));

  it('group thousands, and keep the sign of a difference', () => {
    expect(count(1_000_000)).toBe('1\u202f000\u202f000');
    expect(ratio(-0.0041)).toBe('−0.004');
  });
});

describe('times in reports', () => {
  it('are in UTC, and name the day once', () => {
    expect(time('2026-03-02T14:00:00+02:00')).toBe('2026-03-02 12:00 UTC');
    expect(time('soon')).toBe('soon');
    expect(period({ from: '2026-03-02T14:00:00Z', to: '2026-03-02T15:00:00Z' })).toBe('2026-03-02 14:00 to 15:00 UTC');
    expect(period({ from: '2026-03-01T14:00:00Z', to: '2026-03-02T15:00:00Z' })).toBe(
      '2026-03-01 14:00 to 2026-03-02 15:00 UTC',
    );
  });

  it.each([
    [60, '1 hour'],
    [90, '90 minutes'],
    [10_080, '7 days'],
    [0, '0 minutes'],
  ])('call %s minutes %s', (minutes, shown) => expect(duration(minutes)).toBe(shown));
});

describe('lists in reports', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd'], 'a, b and 2 more'],
  ])('name %j as %s', (names, shown) => expect(listed(names, 2)).toBe(shown));
});
