import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, expect, it } from 'vitest';
import { createJudgeActivities } from '../../../src/activities/judge-traffic.js';
import type { Ports } from '../../../src/activities/ports.js';
import { DEFAULT_DEPLOYMENT } from '../../../src/definition/definition.js';
import type { InvokeRequest, VersionCounts } from '../../../src/deploy/deployer.js';
import { modelDocument, registered } from '../model/models.js';
import { temporaryDirectory } from '../../support/temp.js';
import { PROJECT } from '../../support/project.js';

const input = {
  model: { name: 'anemia', version: 2, sha256: 'b'.repeat(64) },
  policy: { ...DEFAULT_DEPLOYMENT, functionName: 'anemia', alias: 'live' },
  ...{ store: PROJECT.store, reason: 'passed its gate', by: 'train-1', judgedAgainst: 1 },
};
const since = Date.now() - 60_000;
const step = { input, candidate: '2', former: '1', champion: 1, since, until: since + 1000 };
const { minimumRequests } = input.policy.judge;

let dataset: string;
beforeEach(async () => {
  dataset = join(await temporaryDirectory(), 'rows.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = "SELECT 40.0 + i AS r, 29.0 AS g, 11.0 AS hb, 'No' AS label FROM range(30) t(i)";
  await connection.run(`COPY (${rows}) TO '${dataset}' (FORMAT parquet)`);
  connection.closeSync();
});

/** Judges by what callers met of version 2, and by what it answers to our own requests. */
function judging(called: VersionCounts, fails: (request: InvokeRequest) => boolean = () => false) {
  const asked: InvokeRequest[] = [];
  const until: Date[] = [];
  const ports = {
    registry: { version: () => Promise.resolve({ model: {}, lineage: { datasetSha256: '' } }) },
    store: { get: () => Promise.resolve(registered(modelDocument()).bytes), localPath: () => Promise.resolve(dataset) },
    running: () => ({ signal: new AbortController().signal }),
    now: () => new Date(),
    deployer: {
      counts: ({ functionVersion, to }: { functionVersion: string; to: Date }) => {
        until.push(to);
        return Promise.resolve(functionVersion === '2' ? called : { requests: 0, errors: 0, medianMs: null });
      },
      invoke: (request: InvokeRequest) => {
        asked.push(request);
        const { instances } = request.event as { instances?: unknown[] };
        const functionError = fails(request) ? 'Unhandled' : null;
        return Promise.resolve({ payload: { predictions: instances?.map(() => 1) ?? 1 }, functionError });
      },
    },
  };
  return { ...createJudgeActivities(ports as unknown as Ports), asked, until };
}

it('sends as many probes to both versions as a judgement needs, marked as our own', async () => {
  const judge = judging({ requests: 0, errors: 0, medianMs: null });
  expect(await judge.probeVersions(step)).toMatchObject({ state: 'good', requests: minimumRequests });
  const single = judge.asked.filter(({ event }) => !('instances' in (event as object)));
  expect(single.map(({ qualifier }) => qualifier)).toEqual(Array.from({ length: minimumRequests }, () => ['1', '2']).flat()); // prettier-ignore
  expect(new Set(judge.asked.map(({ purpose }) => purpose))).toEqual(new Set(['probe']));
});

it('does not let good probes outweigh the failures that callers met, nor those told of late', async () => {
  const few = { requests: minimumRequests - 1, errors: minimumRequests - 1, medianMs: 10 };
  const judge = judging(few);
  expect(await judge.judgeTraffic(step)).toMatchObject({ state: 'insufficient' });
  const verdict = await judge.probeVersions(step);
  expect(verdict).toMatchObject({ state: 'bad', requests: 2 * minimumRequests - 1 });
  expect(verdict.checks.at(-1)).toMatchObject({ passed: false, found: '19 of 39 (48.7 %)' });
  expect(judge.until.at(-1)!.getTime()).toBeGreaterThan(step.until);
});

it('breaks off when too many probes failed', async () => {
  const broken = judging(
    { requests: 0, errors: 0, medianMs: null },
    ({ qualifier, event }) => qualifier === '2' && !('instances' in (event as object)),
  );
  expect(await broken.probeVersions(step)).toMatchObject({ state: 'bad' });
  expect(broken.asked.filter(({ qualifier }) => qualifier === '2').length).toBeLessThan(minimumRequests);
});
