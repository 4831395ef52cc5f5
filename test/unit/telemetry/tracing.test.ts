import { context, trace } from '@opentelemetry/api';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, expect, it } from 'vitest';
import { createS3Client } from '../../../src/vendors/aws/objects.js';
import { startTracing } from '../../../src/telemetry/tracing.js';
import { serve } from '../../support/serve.js';
import { receiveTraces } from '../../support/trace-receiver.js';

// What is registered globally by one test must not serve the next.
afterEach(() => {
  trace.disable();
  context.disable();
});

it('sends what happened within a command before it ends', async () => {
  const { endpoint, spans } = await receiveTraces();
  const tracing = startTracing({ endpoint, serviceName: 'ours' }, (line) => expect.fail(line));
  const answer = await tracing.within('command', () =>
    tracing.within('part', () => Promise.resolve(trace.getActiveSpan()?.spanContext().spanId)),
  );
  await tracing.close();
  const [part, command] = ['part', 'command'].map((name) => spans.find((span) => span.name === name)!);
  expect(answer).toBe(part!.spanId);
  expect(part).toMatchObject({ traceId: command!.traceId, parentSpanId: command!.spanId });
  expect(command!.parentSpanId).toBeUndefined();
});

it('marks what failed, and lets the failure through', async () => {
  const { endpoint, spans } = await receiveTraces();
  const tracing = startTracing({ endpoint, serviceName: 'ours' }, () => undefined);
  await expect(tracing.within('command', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await tracing.close();
  expect(spans).toMatchObject([{ name: 'command', status: { code: 2 } }]);
});

it('says once that nobody receives, and ends all the same', async () => {
  const endpoint = await serve((_request, response) => void response.writeHead(400).end());
  const said: string[] = [];
  const tracing = startTracing({ endpoint, serviceName: 'ours' }, (line) => void said.push(line));
  for (const name of ['one', 'two']) {
    await tracing.within(name, () => Promise.resolve());
    await tracing.processor.forceFlush().catch(() => undefined);
  }
  await tracing.close();
  expect(said).toEqual([`Traces cannot be sent to ${endpoint}; check OTEL_EXPORTER_OTLP_ENDPOINT. All else goes on.`]);
});

it('has a span of each call of AWS, with the error’s name and nothing of the request', async () => {
  const { endpoint, spans } = await receiveTraces();
  const tracing = startTracing({ endpoint, serviceName: 'ours' }, () => undefined);
  const bucket = await serve((_request, response) => void response.writeHead(403).end());
  const client = createS3Client({ endpoint: bucket, region: 'eu-west-1', kmsKey: null });
  client.config.credentials = () => Promise.resolve({ accessKeyId: 'id', secretAccessKey: 'secret' });
  const call = () => client.send(new HeadBucketCommand({ Bucket: 'canary-bucket' }));
  await expect(tracing.within('command', call)).rejects.toThrow();
  await tracing.close();
  const [head, command] = ['S3 HeadBucket', 'command'].map((name) => spans.find((span) => span.name === name)!);
  expect(head).toMatchObject({ parentSpanId: command!.spanId, status: { code: 2 } });
  expect(head!.status.message).toMatch(/^[A-Za-z0-9]+$/);
  expect(JSON.stringify(head)).not.toContain('canary');
});
