import type { MetricMeter } from '@temporalio/common';
import { type MetricName, METRICS } from './metric-names.js';

/** All labels of a metric, each with its value. */
export type LabelsOf<N extends MetricName> = Record<(typeof METRICS)[N]['labels'][number], string>;

/** Counters add the value, gauges take it, histograms observe it. */
export type Metrics = <N extends MetricName>(name: N, value: number, labels: LabelsOf<N>) => void;

/** Our metrics on the SDK's meter, which exports them beside its own. */
export function createMetrics(meter: MetricMeter): Metrics {
  const make = {
    counter: (name: string, help: string) => {
      const counter = meter.createCounter(name, undefined, help);
      return (value: number, labels: Record<string, string>) => counter.add(value, labels);
    },
    gauge: (name: string, help: string) => {
      const gauge = meter.createGauge(name, 'float', undefined, help);
      return (value: number, labels: Record<string, string>) => gauge.set(value, labels);
    },
    histogram: (name: string, help: string) => {
      const histogram = meter.createHistogram(name, 'float', undefined, help);
      return (value: number, labels: Record<string, string>) => histogram.record(value, labels);
    },
  };
  const instruments = new Map(Object.entries(METRICS).map(([name, { kind, help }]) => [name, make[kind](name, help)]));
  return (name, value, labels) => instruments.get(name)!(value, labels);
}
