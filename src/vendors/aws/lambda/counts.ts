import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { traced } from '../client.js';
import type { AliasTarget, VersionCounts } from '../../../deploy/deployer.js';
import { allPages } from '../../http/exchange.js';

/** A client of CloudWatch, with the settings of that of Lambda. */
export const createCloudWatch = (config: CloudWatchClientConfig) => traced(new CloudWatchClient(config));

type Request = AliasTarget & { functionVersion: string; from: Date; to: Date };

/**
 * What CloudWatch knows of the requests that a version answered through an alias, by the dimensions `Resource` and
 * `ExecutedVersion` (Lambda Developer Guide, "Types of metrics"). AWS publishes them per minute, a minute or two late.
 *
 * @param periodSeconds 60 on AWS; our own endpoint knows single seconds
 */
export async function versionCounts(
  client: CloudWatchClient,
  periodSeconds: number,
  { functionName, alias, functionVersion, from, to }: Request,
  send: { abortSignal?: AbortSignal },
): Promise<VersionCounts> {
  const Dimensions = [
    { Name: 'FunctionName', Value: functionName },
    { Name: 'Resource', Value: `${functionName}:${alias}` },
    { Name: 'ExecutedVersion', Value: functionVersion },
  ];
  const query = (Id: string, MetricName: string, Stat: string): MetricDataQuery => ({
    Id,
    MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions }, Period: periodSeconds, Stat },
  });
  const MetricDataQueries = [
    query('requests', 'Invocations', 'Sum'),
    query('errors', 'Errors', 'Sum'),
    query('medians', 'Duration', 'p50'),
  ];
  const found = new Map(MetricDataQueries.map(({ Id }) => [Id, new Map<number, number>()]));
  const pages = await allPages(
    (NextToken) =>
      client.send(new GetMetricDataCommand({ MetricDataQueries, StartTime: from, EndTime: to, NextToken }), send),
    (page) => page.NextToken,
    (why) => new Error(`CloudWatch cannot tell what ${functionName} did: ${why}.`),
  );
  for (const { MetricDataResults = [] } of pages)
    for (const { Id, Timestamps = [], Values = [] } of MetricDataResults)
      Timestamps.forEach((time, i) => found.get(Id)?.set(time.getTime(), Values[i] ?? 0));

  const requests = found.get('requests')!;
  const total = sum(requests.values());
  const weighted = [...found.get('medians')!].map(([time, median]) => ({ median, weight: requests.get(time) ?? 0 }));
  const weights = sum(weighted.map(({ weight }) => weight));
  return {
    requests: total,
    errors: sum(found.get('errors')!.values()),
    medianMs: weights === 0 ? null : sum(weighted.map(({ median, weight }) => median * weight)) / weights,
  };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
