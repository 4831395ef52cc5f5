import { readFile } from 'node:fs/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import type { Objects } from '../../../src/store/objects.js';
import { failureOf } from '../../support/failures.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { makeDirectory } from '../../support/temp.js';
import type { Hold } from '../../support/watched-worker.js';
import { type Ministack, startMinistack } from './ministack.js';
import { expectNoName, expectNoNameInFiles, expectNoNameInRuns, NAME } from '../temporal/no-name.js';
import { readable } from '../browser/readable.js';
import { openRefusingS3, type Refusal } from './refusing-s3.js';

const MODEL = 'on-s3';
const SETTINGS = [`model=${MODEL}`, 'dataset.uri=s3://mlops/data/anemia.csv', 'monitoring.drift.minimumRows=5'];

const closing: (() => Promise<unknown>)[] = [];
let temporal: TestWorkflowEnvironment;
let ministack: Ministack;
let lab: Lab;
let bucket: Objects;

beforeAll(async () => {
  ministack = await startMinistack();
  closing.push(ministack.close);
  temporal = await connectTemporal();
  closing.push(() => temporal.teardown());
  for (const [name, value] of Object.entries({ ...ministack.environment, MLOPS_STORAGE: 's3://mlops/all' }))
    vi.stubEnv(name, value);
  const { storage } = readConfig();
  await new S3Client({ endpoint: storage.s3.endpoint!, forcePathStyle: true }).send(
    new CreateBucketCommand({ Bucket: 'mlops' }),
  );
  bucket = openS3Folder('s3://mlops', storage.s3);
  const sample = await readFile('data/anemia-sample.csv', 'utf8');
  await bucket.put('data/anemia.csv', Buffer.from(sample.replaceAll(/sample-\d+/g, NAME)), 'always');
  lab = await openLab(temporal, (close) => closing.push(close));
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  vi.unstubAllEnvs();
});

/** Everything in the bucket but the data set itself, as text. */
async function kept(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const key of await bucket.list('all/')) texts.set(key, await readable((await bucket.get(key))!.bytes));
  return texts;
}

/** That the name is nowhere: not in the bucket, in these runs of a model, on these disks, or in what was printed. */
async function expectNowhere(model: string, runs: string[], homes: string[], ...printed: string[]): Promise<void> {
  for (const [key, text] of await kept()) expectNoName(text, key);
  await expectNoNameInRuns(lab.client, model, runs);
  for (const home of homes) await expectNoNameInFiles(home);
  expectNoName(printed.join(''), 'printed');
}

describe('a pipeline with everything on S3', () => {
  it('is done by two workers that divide it, each with its own disk, and finished by two others when they and the bucket end in mid-run', async () => {
    const definition = await sampleDefinition(...SETTINGS);
    const homes: string[] = [];
    const pair = async (...holds: Hold[]) => {
      const work = async (role: string, ...held: Hold[]) => {
        const home = await makeDirectory();
        homes.push(home);
        return lab.workIn(home, { MLOPS_WORKER_ROLE: role }, ...held);
      };
      return Promise.all([work('compute', ...holds), work('workflow')]);
    };
    const first = await pair({ activity: 'fitCandidate', at: 'before', model: MODEL });
    const run = await lab.start(definition);
    await first[0].held;
    await Promise.all([...first.map((worker) => worker.kill()), ministack.restart()]);
    const second = await pair();
    const outcome = await run.result();
    expect(outcome).toMatchObject({ outcome: 'deployed' });

    const [version] = await lab.registry.versions(MODEL);
    expect(version!.model.uri).toMatch(/^s3:\/\/mlops\/all\/store\/objects\//);
    expect((await lab.registry.alias(MODEL, 'champion'))?.version).toBe(version!.version);

    const people = Array.from({ length: 7 }, (_, i) => ({ r: 44 + i, g: 30, b: 26 - i, hb: 12 }));
    await lab.predict(definition, people);
    const check = await lab.check(definition);
    const { entry } = (await check.result()) as { entry: { rows: number } };
    expect(entry.rows).toBe(7);
    expect((await lab.monitoringLog.checks({ model: MODEL, functionName: MODEL, alias: 'live' }, 5)).length).toBe(1);

    const texts = await kept();
    const folders = new Set([...texts.keys()].map((key) => key.split('/')[1]));
    expect(folders).toEqual(new Set(['capture', 'format.json', 'keys', 'registry', 'reports', 'store']));
    expect([...texts.keys()].filter((key) => key.includes('reports/on-s3/drift/'))).toHaveLength(2);
    // The search sees cells: those that are kept of the table are found.
    expect([...texts.values()].some((text) => text.startsWith('[{') && text.includes('"hb":'))).toBe(true);
    const runs = [run, check, lab.deployment(definition)].map(({ workflowId }) => workflowId);
    await expectNowhere(MODEL, runs, homes, ...[...first, ...second].map((worker) => worker.printed()));
    await Promise.all(second.map((worker) => worker.kill()));
  });

  it('ends with a sentence when the credentials expire in mid-run, and is done with new ones', async () => {
    const model = 'expiring';
    const definition = await sampleDefinition(...SETTINGS, `model=${model}`);
    const home = await makeDirectory();
    const s3 = await openRefusingS3(ministack.environment['AWS_ENDPOINT_URL']!, null);
    closing.push(s3.close);
    const first = await lab.workIn(
      home,
      { AWS_ENDPOINT_URL: s3.url },
      { activity: 'fitCandidate', at: 'before', model },
    );
    const run = await lab.start(definition);
    await first.held;
    s3.refuse('expired');
    first.release();
    expect(await failureOf(run)).toMatchObject({
      type: 'CredentialsRejected',
      message: expect.stringContaining('refused by AWS with ExpiredToken; renew the credentials') as string,
    });
    await first.kill();
    const second = await lab.workIn(await makeDirectory());
    const again = await lab.start(definition);
    expect(await again.result()).toMatchObject({ outcome: 'deployed' });
    await expectNowhere(model, [run.workflowId, again.workflowId], [home], first.printed(), second.printed());
    await second.kill();
  });

  it.each([
    [
      { MLOPS_STORAGE: 's3://no-such-bucket/all' },
      'StorageUnusable',
      'bucket no-such-bucket was refused with NoSuchBucket; make the bucket',
    ],
    [{ AWS_ENDPOINT_URL: 'expired' }, 'CredentialsRejected', 'refused by AWS with ExpiredToken; renew the credentials'],
    [
      { AWS_ENDPOINT_URL: 'read-only' },
      'StorageUnusable',
      'Writing to bucket mlops was refused with AccessDenied; grant',
    ],
  ])('ends with a sentence when the worker meets %j', async (settings, type, sentence) => {
    const home = await makeDirectory();
    const proxy: Record<string, string> = {};
    if ('AWS_ENDPOINT_URL' in settings) {
      const refusal = settings.AWS_ENDPOINT_URL as Refusal;
      const s3 = await openRefusingS3(ministack.environment['AWS_ENDPOINT_URL']!, refusal);
      closing.push(s3.close);
      proxy['AWS_ENDPOINT_URL'] = s3.url;
    }
    // A worker that cannot read the store's id ends at its start, by the same name.
    if (sentence.startsWith('refused') || sentence.startsWith('bucket')) {
      await expect(lab.workIn(home, { ...settings, ...proxy })).rejects.toThrow(`type: '${type}'`);
      return;
    }
    const worker = await lab.workIn(home, { ...settings, ...proxy });
    const model = `refused-${type.toLowerCase()}`;
    const run = await lab.start(await sampleDefinition(...SETTINGS, `model=${model}`), false);
    const failure = await failureOf(run);
    expect(failure).toMatchObject({ type, message: expect.stringContaining(sentence) as string });
    await expectNowhere(model, [run.workflowId], [home], worker.printed());
    await worker.kill();
  });
});
