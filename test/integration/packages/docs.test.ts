import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { type Example, exampleOf } from '../../system/docs/page.js';
import { runExample } from '../../system/docs/shell.js';
import { openHome } from '../../support/cli.js';
import { LIMIT_MS } from '../../support/until.js';
import { SECRET, startEvidently } from '../evidently/evidently-server.js';
import { startMinistack } from '../aws/ministack.js';
import { startMlflow } from '../mlflow/mlflow.js';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** Runs an example of the docs in a home of its own. */
async function run(example: Example, settings: Record<string, string>, instead: Record<string, string> = {}) {
  const home = await openHome((close) => void closing.push(close));
  const lambda = String(home.ports.lambda);
  await runExample(example, { ...home.environment, ...settings }, { '9233': lambda, ...instead });
  return home;
}

it(
  'docs/mlflow.md: the registry is the server',
  async () => {
    const server = await startMlflow();
    closing.push(() => server.close());
    await run(await exampleOf('docs/mlflow.md'), {}, { 'http://127.0.0.1:5000': server.uri });
    const search = await fetch(`${server.uri}/api/2.0/mlflow/registered-models/get?name=anemia-detection`);
    expect(await search.json()).toMatchObject({ registered_model: { name: 'anemia-detection' } });
  },
  LIMIT_MS * 2,
);

it(
  'docs/evidently.md: a check is a snapshot',
  async () => {
    const server = await startEvidently();
    closing.push(() => server.close());
    const settings = { EVIDENTLY_SECRET: SECRET };
    await run(await exampleOf('docs/evidently.md'), settings, { 'http://127.0.0.1:8000': server.url });
    expect((await server.project('anemia-detection')).snapshots).toHaveLength(1);
  },
  LIMIT_MS * 2,
);

it(
  'docs/s3.md: everything is in the bucket',
  async () => {
    const ministack = await startMinistack();
    closing.push(() => ministack.close());
    const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = ministack.environment;
    const settings = { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } as Record<string, string>;
    const s3 = new S3Client({
      ...{ endpoint: AWS_ENDPOINT_URL!, forcePathStyle: true, region: 'eu-central-1' },
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
    });
    for (const Bucket of ['my-bucket', 'my-data']) await s3.send(new CreateBucketCommand({ Bucket }));
    const Body = await readFile('data/anemia-sample.csv');
    await s3.send(new PutObjectCommand({ Bucket: 'my-data', Key: 'anemia.csv', Body }));
    s3.destroy();
    await run(await exampleOf('docs/s3.md'), settings);
  },
  LIMIT_MS * 2,
);

it(
  'docs/benchmarks.md: one bench alone',
  async () => {
    await runExample(await exampleOf('docs/benchmarks.md'), process.env, {});
  },
  LIMIT_MS * 2,
);
