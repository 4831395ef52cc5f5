import type { IncomingMessage, ServerResponse } from 'node:http';
import { statisticOf, unitOf, type Statistic, type Metrics, type MetricSelection } from './metrics.js';
import { ApiError, type Body, readJson, sendJson } from './wire.js';

/** An error of the CloudWatch API, always of status 400. */
class CloudWatchError extends Error {
  constructor(
    readonly type: 'ValidationException' | 'InvalidNextToken' | 'UnknownOperationException',
    message: string,
  ) {
    super(message);
    this.name = type;
  }
}

/** One query of GetMetricData. */
interface MetricQuery {
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
function parseQueries(body: Body): MetricQuery[] {
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
function invalid(name: string, expected: string): CloudWatchError {
  return new CloudWatchError('ValidationException', `${name} must be ${expected}.`);
}

const SERVICE = 'GraniteServiceVersion20100801.';
const MAX_REQUEST_BYTES = 1024 * 1024;
/** Most values in one answer, CloudWatch's own limit; more follow by `NextToken`. */
const MAX_DATAPOINTS = 100_800;
const JSON_1_0 = { 'content-type': 'application/x-amz-json-1.0' };

interface Result {
  Id: string;
  Label: string;
  /** Seconds since the epoch. */
  Timestamps: number[];
  Values: number[];
  StatusCode: 'Complete' | 'PartialData';
}

/** Whether a request is one of CloudWatch in AWS JSON 1.0, the protocol of its JavaScript SDK. */
export function isCloudWatch({ method, headers }: IncomingMessage, path: string): boolean {
  return method === 'POST' && path === '/' && String(headers['x-amz-target']).startsWith(SERVICE);
}

/** Answers GetMetricData for the metrics of AWS/Lambda; every other operation is refused. */
export async function serveCloudWatch(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Metrics,
): Promise<void> {
  try {
    const operation = String(request.headers['x-amz-target']).slice(SERVICE.length);
    if (operation !== 'GetMetricData') {
      throw new CloudWatchError('UnknownOperationException', `${operation} is not offered here, only GetMetricData.`);
    }
    sendJson(response, 200, getMetricData(await readJson(request, MAX_REQUEST_BYTES), metrics), JSON_1_0);
  } catch (error) {
    if (!(error instanceof CloudWatchError || error instanceof ApiError)) throw error;
    const type = error instanceof CloudWatchError ? error.type : 'ValidationException';
    const code = type === 'ValidationException' ? 'ValidationError' : type; // its name in the older query protocol
    const headers = { ...JSON_1_0, 'x-amzn-query-error': `${code};Sender` };
    sendJson(response, 400, { __type: `com.amazonaws.cloudwatch#${type}`, message: error.message }, headers);
  }
}

/**
 * GetMetricData: values of whole periods, aligned to the period; the start is rounded down to it, the end is exclusive.
 * Unlike on AWS, where Lambda publishes once a minute, periods below 60 seconds have data too.
 */
function getMetricData(body: Body, metrics: Metrics): Record<string, unknown> {
  const from = timeOf(body, 'StartTime');
  const to = timeOf(body, 'EndTime');
  if (to <= from) throw invalid('EndTime', 'later than StartTime');
  const { ScanBy = 'TimestampDescending', MaxDatapoints: most = MAX_DATAPOINTS, NextToken = '0' } = body;
  if (ScanBy !== 'TimestampDescending' && ScanBy !== 'TimestampAscending') {
    throw invalid('ScanBy', 'TimestampDescending or TimestampAscending');
  }
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1 || most > MAX_DATAPOINTS) {
    throw invalid('MaxDatapoints', `a whole number from 1 to ${MAX_DATAPOINTS}`);
  }
  if (typeof NextToken !== 'string' || !/^\d{1,9}$/.test(NextToken)) {
    throw new CloudWatchError('InvalidNextToken', 'NextToken must be that of the answer before.');
  }
  const results = parseQueries(body)
    .filter(({ returned }) => returned)
    .map((query) => resultOf(query, metrics, from, to, ScanBy === 'TimestampDescending'));
  const start = Number(NextToken);
  const total = results.reduce((sum, { Values }) => sum + Values.length, 0);
  const more = start + most < total ? { NextToken: String(start + most) } : {};
  return { MetricDataResults: page(results, start, start + most), Messages: [], ...more };
}

function resultOf(query: MetricQuery, metrics: Metrics, from: number, to: number, newestFirst: boolean): Result {
  const { id, label, period, source } = query;
  const aligned = Math.floor(from / period) * period;
  const periods = source ? metrics.read(source.selection, aligned, to, period) : [];
  if (newestFirst) periods.reverse();
  const points = periods.flatMap((totals) => {
    const value = source?.statistic(totals) ?? null;
    return value === null ? [] : [[totals.start, value] as const];
  });
  return {
    Id: id,
    Label: label,
    Timestamps: points.map(([start]) => start),
    Values: points.map(([, value]) => value),
    StatusCode: 'Complete',
  };
}

/** The values from `start` to `end` of all results one after the other; every result stays, if only empty. */
function page(results: Result[], start: number, end: number): Result[] {
  let offset = 0;
  return results.map((result) => {
    const [first, last] = [Math.max(0, start - offset), Math.max(0, end - offset)];
    offset += result.Values.length;
    return {
      ...result,
      Timestamps: result.Timestamps.slice(first, last),
      Values: result.Values.slice(first, last),
      StatusCode: last < result.Values.length ? 'PartialData' : 'Complete',
    };
  });
}

/** Seconds since the epoch, fractions included. */
function timeOf(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== 'number') throw invalid(name, 'a time in seconds since the epoch');
  return value;
}
