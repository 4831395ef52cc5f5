import { expect, it } from 'vitest';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { openHome } from '../../support/cli.js';
import { type ReceivedSpan, receiveTraces } from '../../support/trace-receiver.js';
import { LIMIT_MS, until } from '../../support/until.js';

it(
  'one trace has the command, its workflows, their activities and the calls of AWS',
  { timeout: LIMIT_MS * 2 },
  async ({ onTestFinished }) => {
    const { endpoint, spans } = await receiveTraces();
    const home = await openHome(onTestFinished);
    const { code, stdout, stderr } = await home.run(
      ['start-pipeline', '--json', '--set', 'model=traced', '--set', 'validation.repeats=1'],
      { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    );
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as PipelineReport).outcome).toBe('deployed');

    // The worker sends its own in batches; the workflow's span is the last.
    await until(
      () => spans.some(({ name }) => name === 'RunWorkflow:trainingPipeline'),
      (there) => there,
    );
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    /** Names from a span up to the top of its trace. */
    const way = (span: ReceivedSpan | undefined): string[] =>
      span === undefined ? [] : [span.name, ...way(byId.get(span.parentSpanId ?? ''))];
    const wayOf = (name: string) => way(spans.find((span) => span.name === name));
    const command = ['RunWorkflow:trainingPipeline', 'StartWorkflow:trainingPipeline', 'start-pipeline'];
    expect(wayOf('RunActivity:fitCandidate')).toEqual([
      'RunActivity:fitCandidate',
      'StartActivity:fitCandidate',
      ...command,
    ]);
    expect(wayOf('Lambda PublishVersion')).toEqual([
      ...['Lambda PublishVersion', 'RunActivity:publishModel', 'StartActivity:publishModel'],
      ...['RunWorkflow:deployModel', 'StartChildWorkflow:deployModel'],
      ...command,
    ]);
    // No name of the table, whose people are called sample-1 and so on.
    expect(JSON.stringify(spans)).not.toMatch(/sample-\d/);
    // Nothing was told twice, and no span but the command's has lost its parent.
    expect(byId.size).toBe(spans.length);
    const top = spans.filter(({ parentSpanId }) => !byId.has(parentSpanId ?? ''));
    expect(top.map(({ name }) => name)).toEqual(['start-pipeline']);
  },
);
