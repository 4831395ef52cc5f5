import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import { createS3Client } from '../../../src/vendors/aws/objects.js';
import { WORKFLOWS } from '../../../src/worker/workflow-code.js';
import { failureOf } from '../../support/failures.js';
import { openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { temporaryDirectory } from '../../support/temp.js';
import { receiveTraces } from '../../support/trace-receiver.js';
import { LIMIT_MS } from '../../support/until.js';
import { SECRET, startEvidently } from '../evidently/evidently-server.js';
import { startMinistack } from '../aws/ministack.js';
import { startMlflow } from '../mlflow/mlflow.js';
import { expectNoName, expectNoNameInFiles, expectNoNameInRuns, NAME } from './no-name.js';
import { readable } from '../browser/readable.js';

const PERSON = { r: 45.88, g: 28.83, b: 25.29, hb: 11.98 };

/** Where things are kept: its settings, and what to search beside the home when all is done. */
interface Mode {
  settings: Record<string, string>;
  /** What its workers run instead of the common bundle. */
  own?: { workflowBundle: string };
  directories: string[];
  /** Keeps a table where runs find it, and gives its address. */
  put: (name: string, text: string) => Promise<string>;
  /** What is kept or was told elsewhere, by its place, after runs that failed with these messages. */
  texts: (failures: string[]) => Promise<Map<string, string>>;
}

const nothing = () => Promise.resolve(new Map<string, string>());

async function putFile(name: string, text: string): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, text);
  return pathToFileURL(path).href;
}

const filesAlone = (): Promise<Mode> =>
  Promise.resolve({ settings: {}, directories: [], put: putFile, texts: nothing });

async function mlflowAndEvidently(): Promise<Mode> {
  const [mlflow, evidently] = await Promise.all([startMlflow(), startEvidently()]);
  onTestFinished(() => Promise.all([mlflow.close(), evidently.close()]).then(() => undefined), LIMIT_MS);
  return {
    settings: { MLFLOW_TRACKING_URI: mlflow.uri, EVIDENTLY_URL: evidently.url, EVIDENTLY_SECRET: SECRET },
    directories: [mlflow.directory, evidently.directory],
    put: putFile,
    texts: nothing,
  };
}

/** Tables and all else in a bucket, payloads encrypted, and every span of every process received. */
async function bucketCodecAndTraces(): Promise<Mode> {
  const ministack = await startMinistack();
  onTestFinished(() => ministack.close(), LIMIT_MS);
  for (const [name, value] of Object.entries(ministack.environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { s3 } = readConfig().storage;
  await createS3Client(s3).send(new CreateBucketCommand({ Bucket: 'mlops' }));
  const bucket = openS3Folder('s3://mlops', s3);
  const { endpoint, spans } = await receiveTraces();
  return {
    settings: {
      MLOPS_STORAGE: 's3://mlops/all',
      MLOPS_CODEC_KEYS: `key:${randomBytes(32).toString('base64')}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    },
    own: { workflowBundle: WORKFLOWS.workflowsPath },
    directories: [],
    async put(name, text) {
      await bucket.put(`tables/${name}`, Buffer.from(text), 'always');
      return `s3://mlops/tables/${name}`;
    },
    async texts(failures) {
      const reported = spans.map(({ status }) => status.message);
      for (const failure of failures) expect(reported).toContain(failure);
      const texts = new Map([['spans', JSON.stringify(spans)]]);
      for (const key of await bucket.list('all/')) texts.set(key, await readable((await bucket.get(key))!.bytes));
      return texts;
    },
  };
}

/** Tables that are refused, each with the name where it hurts most. */
const refused = (good: string): Record<string, string> => {
  const lines = good.trim().split('\n');
  return {
    'names for numbers': good.replaceAll(/,[\d.]+,(Yes|No)/g, `,${NAME},$1`),
    'names for labels': good.replaceAll(/,(Yes|No),/g, `,${NAME},`),
    'ragged rows': lines.map((line, i) => (i % 2 === 0 ? line : `${line},${NAME},"${NAME}`)).join('\n'),
    'no header': lines.slice(1).join('\n'),
    'no Parquet': `PAR1${NAME}`,
  };
};

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

it.each([
  ['files', filesAlone],
  ['servers', mlflowAndEvidently],
  ['bucket', bucketCodecAndTraces],
])('the names of a table are nowhere in %s', { timeout: LIMIT_MS * 2 }, async (_, open) => {
  const { settings, own, directories, put, texts } = await open();
  const whenFinished = (close: () => Promise<void>) => onTestFinished(close, LIMIT_MS);
  const reported = { ...settings, LOG_LEVEL: 'trace', LOG_FORMAT: 'json' };
  const lab = await openLab(temporal, whenFinished, reported, own);
  const tableAt = async (name: string, text: string) => `dataset.uri=${await put(name, text)}`;
  const good = (await readFile('data/anemia-sample.csv', 'utf8')).replaceAll(/sample-\d+/g, NAME);
  expect(good).toContain(NAME);
  const worker = await lab.work();

  const definition = await sampleDefinition(
    'model=served',
    await tableAt('good.csv', good),
    'monitoring.drift.minimumRows=5',
  );
  const run = await lab.start(definition);
  expect(await run.result()).toMatchObject({ outcome: 'deployed' });
  for (const event of [
    { ...PERSON, name: NAME },
    { ...PERSON, hb: NAME },
  ])
    await lab.deployer.invoke({ functionName: 'served', qualifier: 'live', event });
  await lab.predict(
    definition,
    Array.from({ length: 7 }, () => PERSON),
  );
  const check = await lab.check(definition);
  await check.result();
  await expectNoNameInRuns(
    lab.client,
    'served',
    [run, check, lab.deployment(definition)].map((handle) => handle.workflowId),
  );

  const failures: string[] = [];
  for (const [index, [what, text]] of Object.entries(refused(good)).entries()) {
    const model = `refused-${index}`;
    const extension = what === 'no Parquet' ? 'parquet' : 'csv';
    const bad = await sampleDefinition(`model=${model}`, await tableAt(`${model}.${extension}`, text));
    const failing = await lab.start(bad);
    const { message } = await failureOf(failing);
    failures.push(message);
    expectNoName(message, what);
    await expectNoNameInRuns(lab.client, model, [failing.workflowId]);
  }

  expect(await worker.terminate()).toBe(0); // sends the last spans
  expect(worker.printed()).toContain('ingestDataset');
  expectNoName(worker.printed(), 'log');
  for (const directory of [lab.home, ...directories]) expect(await expectNoNameInFiles(directory)).toBeGreaterThan(0);
  for (const [place, text] of await texts(failures)) expectNoName(text, place);
});
