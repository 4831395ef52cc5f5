import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { freePorts, temporaryDirectory } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS, until } from '../../support/until.js';
import { openServices } from './compose-services.js';
import { type EvidentlyServer, SECRET, startEvidently } from '../evidently/evidently-server.js';
import { type Ministack, startMinistack } from '../aws/ministack.js';

/** Another address of this machine, as a container has one. */
const ENDPOINT = '127.0.0.2';

const closing: (() => Promise<unknown>)[] = [];
let temporal: TestWorkflowEnvironment;
let ministack: Ministack;
let evidently: EvidentlyServer;

beforeAll(async () => {
  [temporal, ministack, evidently] = await Promise.all([connectTemporal(), startMinistack(), startEvidently()]);
  closing.push(
    () => temporal.teardown(),
    () => ministack.close(),
    () => evidently.close(),
  );
  const endpoint = ministack.environment['AWS_ENDPOINT_URL']!;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1', credentials });
  await s3.send(new CreateBucketCommand({ Bucket: 'mlops' }));
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

it(
  'the services of compose capture what their endpoint predicts, and drift checks find it',
  async () => {
    const [lambda, ...metrics] = (await freePorts(3)) as [number, number, number];
    const services = await openServices({
      'temporal:7233': temporal.address,
      default: temporal.client.options.namespace,
      'http://aws:4566': ministack.environment['AWS_ENDPOINT_URL']!,
      endpoint: ENDPOINT,
    });
    const homeOf = async () => ({
      MLOPS_HOME: await temporaryDirectory(),
      MLOPS_LAMBDA_PORT: String(lambda),
      MLFLOW_TRACKING_URI: '',
      EVIDENTLY_URL: evidently.url,
      EVIDENTLY_SECRET: SECRET,
      MLOPS_COMPUTE_THREADS: '1',
    });
    const startAll = [
      services.startAndHear('endpoint', await homeOf(), `listens on http://${ENDPOINT}:${lambda}`),
      ...['worker', 'compute'].map(async (name, index) =>
        services.startAndHear(
          name,
          { ...(await homeOf()), MLOPS_METRICS_PORT: String(metrics[index]) },
          'Worker is listening.',
        ),
      ),
    ];
    const running = await Promise.all(startAll);
    const client = await homeOf();
    const ask = (...command: string[]) => services.run('client', client, command);

    await services.run('client', client);
    const answer = await ask(
      'predict',
      JSON.stringify({ instances: Array.from({ length: 6 }, () => ({ r: 43.3, g: 30.8, b: 25.9, hb: 6.3 })) }),
    );
    expect(JSON.parse(answer)).toMatchObject({ predictions: [1, 1, 1, 1, 1, 1] });
    const checked = await until(
      () => ask('drift-check', '--set', 'monitoring.drift.minimumRows=1', '--json').then(JSON.parse),
      ({ entry }: { entry: { rows: number } }) => entry.rows > 0,
    );
    expect(checked).toMatchObject({ entry: { rows: 6 } });

    const reported = await Promise.all(metrics.map((port) => fetch(`http://127.0.0.1:${port}/metrics`)));
    const texts = await Promise.all(reported.map((response) => response.text()));
    for (const column of ['r', 'g', 'b', 'hb'])
      expect(texts.join('')).toMatch(new RegExp(`^mlops_drift_score\\{[^}]*column="${column}"[^}]*\\} [\\d.]+$`, 'm'));
    const { series } = await evidently.project('anemia-detection');
    expect(Object.values(series['Rows']!)[0]!.at(-1)).toBe(6);

    for (const child of running) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
    }
  },
  LIMIT_MS * 2,
);
