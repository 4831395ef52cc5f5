import { createHash } from 'node:crypto';
import type { MetricConfig } from './documents.js';

/** Where Evidently 0.7 has its metrics: part of their fingerprints. */
const CLASSES = {
  DriftedColumnsCount: 'evidently.metrics.column_statistics.DriftedColumnsCount',
  MissingValueCount: 'evidently.metrics.column_statistics.MissingValueCount',
  RowCount: 'evidently.metrics.dataset_statistics.RowCount',
  ValueDrift: 'evidently.metrics.column_statistics.ValueDrift',
} as const;

export type MetricName = keyof typeof CLASSES;

/** Type of a metric as documents name it. */
export const metricType = (name: MetricName): string => `evidently:metric_v2:${name}`;

/**
 * A metric as Evidently identifies it: MD5 of its class and of the settings that were asked for, as Python prints them in
 * a tuple sorted by name (evidently/pydantic_utils.py, `get_fingerprint`).
 * @param asked settings by the one who asks; what Evidently settles itself is no part of the fingerprint
 * @param settled settings that Evidently would have settled itself, which are told with the metric
 */
export function metricOf(
  name: MetricName,
  asked: Record<string, string> = {},
  settled: Record<string, string | number> = {},
): MetricConfig {
  const pairs = Object.entries(asked)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `(${pythonText(key)}, ${pythonText(value)})`);
  const tuple = `(${pairs.join(', ')}${pairs.length === 1 ? ',' : ''})`;
  return {
    metric_id: createHash('md5').update(`${CLASSES[name]}${tuple}`).digest('hex'),
    params: { type: metricType(name), ...asked, ...settled },
  };
}

/** As Python's `repr` writes a text of printable characters. */
function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

/** Namespace of our ids, drawn once (RFC 9562, version 5). */
const NAMESPACE = Buffer.from('6f0f5c0e1d5b4a83a7f64bd0a2b9c3e1', 'hex');

/** A UUID that is the same for the same parts, so that what is made twice is made once. */
export function stableId(...parts: string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
