import type { MetricSelection } from './metrics.js';
import { statisticOf, unitOf, type Statistic } from './metric-statistics.js';
import type { Body } from './parameters.js';

/** An error of the CloudWatch API, always of status 400. */
export class CloudWatchError extends Error {
  constructor(
    readonly type: 'ValidationException' | 'InvalidNextToken' | 'UnknownOperationException',
    message: string,
  ) {
    super(message);
    this.name = type;
  }
}

/** One query of GetMetricData. */
export interface MetricQuery {
  id: string;
  label: string;
  returned: boolean;
  /** Whole seconds. */
  period: number;
  /** `null` when there can be no data: another namespace, metric, unit or set of dimensions. */
  source: { selection: MetricSelection; statistic: Statistic } | null;
}

const MAX_QUERIES = 500;
const HIGH_RESOLUTION = new Set([1, 5, 10, 20, 30]);
/** Dimension sets under which Lambda publishes, names in order. */
const DIMENSION_SETS = new Set(['', 'FunctionName', 'FunctionName,Resource', 'ExecutedVersion,FunctionName,Resource']);
const FIELDS: Readonly<Record<string, keyof MetricSelection>> = {
  FunctionName: 'functionName',
  Resource: 'resource',
  ExecutedVersion: 'executedVersion',
};

/** Takes the queries of a request apart. @throws CloudWatchError `ValidationException` */
export function parseQueries(body: Body): MetricQuery[] {
  const queries = body['MetricDataQueries'];
  if (!Array.isArray(queries) || queries.length === 0 || queries.length > MAX_QUERIES) {
    throw invalid('MetricDataQueries', `a list of 1 to ${MAX_QUERIES} queries`);
  }
  const parsed = queries.map((query) => parseQuery(objectOf(query, 'MetricDataQueries')));
  if (new Set(parsed.map(({ id }) => id)).size < parsed.length) throw invalid('Id', 'unique within the request');
  return parsed;
}

function parseQuery(query: Body): MetricQuery {
  if (query['Expression'] !== undefined) {
    throw new CloudWatchError(
      'ValidationException',
      'Expression is not supported here; ask for each metric by MetricStat.',
    );
  }
  const id = text(query['Id'], 'Id');
  if (!/^[a-z]\w{0,254}$/.test(id)) throw invalid('Id', 'a lower case letter, then letters, digits and _');
  const stat = objectOf(query['MetricStat'], 'MetricStat');
  const metric = objectOf(stat['Metric'], 'MetricStat.Metric');
  const name = text(metric['MetricName'], 'MetricName');
  const period = stat['Period'];
  if (typeof period !== 'number' || !(HIGH_RESOLUTION.has(period) || (period > 0 && period % 60 === 0))) {
    throw invalid('Period', '1, 5, 10, 20, 30 or a multiple of 60 seconds');
  }
  return {
    id,
    label: query['Label'] === undefined ? name : text(query['Label'], 'Label'),
    returned: query['ReturnData'] !== false,
    period,
    source: sourceOf(metric, name, text(stat['Stat'], 'Stat'), stat['Unit']),
  };
}

function sourceOf(metric: Body, name: string, stat: string, unit: unknown): MetricQuery['source'] {
  const known = unitOf(name);
  if (text(metric['Namespace'], 'Namespace') !== 'AWS/Lambda' || known === null) return null;
  const statistic = statisticOf(name, stat);
  if (!statistic) {
    throw invalid('Stat', 'Sum, Average or SampleCount, for Duration also Maximum or a percentile such as p99');
  }
  const selection = selectionOf(metric['Dimensions'] ?? []);
  return selection && (unit === undefined || unit === known) ? { selection, statistic } : null;
}

function selectionOf(dimensions: unknown): MetricSelection | null {
  if (!Array.isArray(dimensions)) throw invalid('Dimensions', 'a list');
  const pairs = dimensions.map((dimension) => {
    const { Name, Value } = objectOf(dimension, 'Dimensions');
    return [text(Name, 'Dimensions.Name'), text(Value, 'Dimensions.Value')] as const;
  });
  const names = pairs.map(([name]) => name).sort();
  if (!DIMENSION_SETS.has(names.join())) return null;
  return Object.fromEntries<string>(pairs.map(([name, value]) => [FIELDS[name]!, value]));
}

function objectOf(value: unknown, name: string): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name, 'given as an object');
  return value as Body; // a JSON object has text keys
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw invalid(name, 'given as text');
  return value;
}

/** `ValidationException`: which parameter, and what is allowed. */
export function invalid(name: string, expected: string): CloudWatchError {
  return new CloudWatchError('ValidationException', `${name} must be ${expected}.`);
}
