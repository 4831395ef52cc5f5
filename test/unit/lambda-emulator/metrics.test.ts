import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type Dimension } from '@aws-sdk/client-cloudwatch';
import { CreateAliasCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statisticOf, createMetrics, KEPT_SECONDS, MAX_SAMPLES } from '../../../src/lambda-emulator/metrics.js';
import { CLIENT, failureOf, FunctionName, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

describe('the metrics of AWS/Lambda', () => {
  const lab = openLambdaLab();
  let cloudWatch: CloudWatchClient;

  beforeEach(async () => {
    cloudWatch = new CloudWatchClient({ endpoint: lab.endpoint.url, ...CLIENT });
    await lab.create(zipOf('if (event.bad) throw new Error("bad"); return 1'), { Publish: true });
    await lab.update(zipOf('if (event.bad) throw new Error("bad"); return 2'));
    await lab.publish();
    const RoutingConfig = { AdditionalVersionWeights: { 2: 0.5 } };
    await lab.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1', RoutingConfig }));
    lab.draws.push(0.9, 0.9, 0.1);
    for (const bad of [false, true, true]) await lab.invoke({ bad }, 'live');
    await lab.invoke({}, '2');
    await lab.invoke({ bad: true });
  });
  afterEach(() => cloudWatch.destroy());

  const live = { FunctionName, Resource: 'f:live' };
  const read = async (MetricName: string, Stat: string, dimensions: Record<string, string>, more: object = {}) => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]): Dimension => ({ Name, Value }));
    const Metric = { Namespace: 'AWS/Lambda', MetricName, Dimensions };
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat } }],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 1000),
        ...more,
      }),
    );
    return MetricDataResults![0]!;
  };
  const total = async (...query: Parameters<typeof read>) =>
    (await read(...query)).Values!.reduce((sum, value) => sum + value, 0);

  it('count under each set of dimensions', async () => {
    const rows: [dimensions: Record<string, string>, invocations: number, errors: number][] = [
      [{}, 5, 3],
      [{ FunctionName }, 5, 3],
      [live, 3, 2],
      [{ FunctionName, Resource: 'f:2' }, 1, 0],
      [{ FunctionName, Resource: 'f' }, 1, 1],
      [{ ...live, ExecutedVersion: '1' }, 2, 1],
      [{ ...live, ExecutedVersion: '2' }, 1, 1],
      [{ FunctionName, Resource: 'f:2', ExecutedVersion: '2' }, 1, 0],
      [{ ...live, ExecutedVersion: '3' }, 0, 0],
      [{ FunctionName, ExecutedVersion: '2' }, 0, 0],
      [{ FunctionName: 'other' }, 0, 0],
    ];
    for (const [dimensions, invocations, errors] of rows) {
      const counts = [
        await total('Invocations', 'Sum', dimensions),
        await total('Errors', 'Sum', dimensions),
        await total('Duration', 'SampleCount', dimensions),
      ];
      expect(counts, JSON.stringify(dimensions)).toEqual([invocations, errors, invocations]);
    }
  });

  it('come per second or per minute, aligned, newest first unless asked otherwise', async () => {
    const { Timestamps = [], Values, StatusCode, Label } = await read('Duration', 'p50', live);
    expect([StatusCode, Label, Values!.length]).toEqual(['Complete', 'Duration', Timestamps.length]);
    for (const time of Timestamps) expect(time.getTime() % 60_000).toBe(0);
    const single = { ...live, ExecutedVersion: '1' };
    expect((await read('Duration', 'Maximum', single)).Values!.every((value) => value > 0)).toBe(true);
    const { Timestamps: down = [] } = await read('Invocations', 'Sum', {});
    const { Timestamps: up = [] } = await read('Invocations', 'Sum', {}, { ScanBy: 'TimestampAscending' });
    expect(up).toEqual(down.toReversed());
  });

  it('count a throttle as no invocation', async () => {
    await lab.client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    lab.draws.push(0.9);
    expect(await failureOf(lab.invoke({}, 'live'))).toEqual(['TooManyRequestsException', 429]);
    expect(await total('Throttles', 'Sum', { ...live, ExecutedVersion: '1' })).toBe(1);
    expect(await total('Invocations', 'Sum', live)).toBe(3);
  });

  it('know no other namespace or metric', async () => {
    expect(await read('ConcurrentExecutions', 'Maximum', live)).toMatchObject({ Values: [], StatusCode: 'Complete' });
    const Metric = { Namespace: 'Mine', MetricName: 'Invocations' };
    const MetricDataQueries = [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }];
    expect((await read('Invocations', 'Sum', {}, { MetricDataQueries })).Values).toEqual([]);
  });

  it('refuse expressions, other statistics, empty spans, foreign tokens and other operations', async () => {
    for (const more of [
      { MetricDataQueries: [{ Id: 'e', Expression: 'SUM(METRICS())' }] },
      { MetricDataQueries: [] },
      { StartTime: new Date(2000), EndTime: new Date(1000) },
    ]) {
      expect(await failureOf(read('Invocations', 'Sum', {}, more))).toEqual(['ValidationException', 400]);
    }
    expect(await failureOf(read('Invocations', 'p99', {}))).toEqual(['ValidationException', 400]);
    expect(await failureOf(read('Duration', 'p101', {}))).toEqual(['ValidationException', 400]);
    expect(await failureOf(read('Duration', 'p9', {}, { NextToken: 'x' }))).toEqual(['InvalidNextToken', 400]);
    expect(await failureOf(cloudWatch.send(new ListMetricsCommand({})))).toEqual(['UnknownOperationException', 400]);
    const headers = { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' };
    const raw = await fetch(lab.endpoint.url, { method: 'POST', headers, body: '{' });
    expect([raw.status, await raw.json()]).toMatchObject([
      400,
      { __type: 'com.amazonaws.cloudwatch#ValidationException' },
    ]);
  });

  it('come in pages', async () => {
    const query = (Id: string, Stat: string) => {
      const Metric = { Namespace: 'AWS/Lambda', MetricName: 'Invocations' };
      return { Id, MetricStat: { Metric, Period: 3600, Stat } };
    };
    const MetricDataQueries = [query('a', 'Sum'), query('b', 'SampleCount')];
    const input = { MetricDataQueries, StartTime: new Date(0), EndTime: new Date(Date.now() + 1000), MaxDatapoints: 1 };
    const sums: Record<string, number> = {};
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const page = await cloudWatch.send(new GetMetricDataCommand({ ...input, NextToken }));
      for (const { Id, Values = [] } of page.MetricDataResults!)
        sums[Id!] = Values.reduce((sum, value) => sum + value, sums[Id!] ?? 0);
      NextToken = page.NextToken;
      pages++;
    } while (NextToken !== undefined);
    expect(sums).toEqual({ a: 5, b: 5 });
    expect(pages).toBeGreaterThan(1);
  });
});

describe('kept metrics', () => {
  const START = 1_800_000_000;
  const origin = (second: number, functionName = 'f') => ({
    functionName,
    resource: `${functionName}:live`,
    executedVersion: '1',
    at: (START + second) * 1000 + 500,
  });

  it('take the start in and leave the end out', () => {
    const metrics = createMetrics(() => START * 1000);
    for (const second of [0, 1, 59, 60]) metrics.invocation(origin(second), 10, second === 1);
    const counts = (from: number, to: number, period: number) =>
      metrics
        .read({}, START + from, START + to, period)
        .map(({ start, count, errors }) => [start - START, count, errors]);
    expect(counts(1, 60, 1)).toEqual([
      [1, 1, 1],
      [59, 1, 0],
    ]);
    expect(counts(0, 61, 60)).toEqual([
      [0, 3, 1],
      [60, 1, 0],
    ]);
    expect(counts(0, 60, 60)).toEqual([[0, 3, 1]]);
  });

  it('have exact sums and fair percentiles beyond the samples', () => {
    const metrics = createMetrics(() => START * 1000);
    for (let i = 1; i <= 100; i++) metrics.invocation(origin(0), i, false);
    for (let i = 1; i <= 10 * MAX_SAMPLES; i++) metrics.invocation(origin(1), 1000, false);
    const [first] = metrics.read({ resource: 'f:live' }, START, START + 1, 1);
    const stats = (totals: typeof first) =>
      ['Sum', 'Average', 'Maximum', 'SampleCount', 'p50', 'p99.5', 'p100', 'p0'].map((stat) =>
        statisticOf('Duration', stat)!(totals!),
      );
    expect(stats(first)).toEqual([5050, 50.5, 100, 100, 50, 100, 100, 1]);
    const [both] = metrics.read({}, START, START + 60, 60);
    expect(both!.durations).toHaveLength(100 + MAX_SAMPLES);
    expect(statisticOf('Duration', 'p4')!(both!)).toBe(84); // 100 of 2100 requests were below 1000 ms
    expect(statisticOf('Duration', 'p5')!(both!)).toBe(1000);
  });

  it('are forgotten after three hours', () => {
    let now = START;
    const metrics = createMetrics(() => now * 1000);
    metrics.invocation(origin(0), 1, false);
    metrics.throttle(origin(10));
    now += KEPT_SECONDS + 5;
    const found = () => metrics.read({}, 0, now + 1, 1);
    expect(found().map(({ throttles }) => throttles)).toEqual([1]);
    expect(statisticOf('Errors', 'Sum')!(found()[0]!)).toBeNull();
    now += 100;
    expect(found()).toEqual([]);
  });
});
