import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDeployActivities } from '../../../src/activities/deploy.js';
import type { Ports } from '../../../src/activities/ports.js';
import { DEFAULT_DEPLOYMENT } from '../../../src/definition/definition.js';
import type { Deployer } from '../../../src/deploy/deployer.js';
import type { ModelRegistry } from '../../../src/registry/registry.js';
import { createFileStore } from '../../support/file-store.js';
import { draftOf } from '../registry/draft.js';
import { modelDocument, registered } from '../model/models.js';
import { failureType } from '../vendors/aws/lambda/deployer-lab.js';
import { temporaryDirectory } from '../../support/temp.js';
import { PROJECT } from '../../support/project.js';
import { logKey } from '../registry/log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const NAME = 'anemia-detection';
const { bytes, meta } = registered({ ...modelDocument(), name: NAME });
const DESCRIPTION = `${NAME} version 1, ${meta.sha256.slice(0, 12)}`;
const input = {
  model: { name: NAME, version: 1, sha256: meta.sha256 },
  policy: { ...DEFAULT_DEPLOYMENT, functionName: NAME, alias: 'live' },
  ...{ store: PROJECT.store, reason: 'passed its gate', by: 'train-1', judgedAgainst: null },
};

let root: string;
let registry: ModelRegistry;
let calls: string[];
let answer: object;
let activities: ReturnType<typeof createDeployActivities>;

beforeEach(async () => {
  const store = createFileStore(await temporaryDirectory());
  root = await temporaryDirectory();
  registry = createRegistry(createFileObjects(root), () => new Date(), logKey);
  await registry.register({ ...draftOf('a'), model: await store.put(bytes) });
  calls = [];
  const called = <T>(name: string, result: T) => {
    calls.push(name);
    return Promise.resolve(result);
  };
  const deployer: Partial<Deployer> = {
    publish: () => called('publish', { functionVersion: '9', codeSha256: '', published: true }),
    descriptionOf: (_, version) => called(`descriptionOf ${version}`, version === '4' ? DESCRIPTION : 'of another'),
    invoke: () => called('invoke', { payload: answer, executedVersion: '9', functionError: null }),
    routeAlias: () => called('routeAlias', { changed: true, previous: null }),
    ensureUrl: () => called('ensureUrl', 'http://127.0.0.1/'),
  };
  const running = () => ({ workflowId: 'train-1', runId: 'run-1', activityId: '1' });
  activities = createDeployActivities({
    registry,
    store,
    deployer,
    running,
    now: () => new Date(),
  } as unknown as Ports);
});

const decide = (decision: 'approved' | 'rejected', run: string) =>
  registry.record(NAME, { event: 'decision', version: 1, decision, run, by: 'Ada', reason: 'so' });
const elsewhere = { ...input.model, sha256: 'c'.repeat(64) };
async function pointElsewhere() {
  const path = join(root, NAME, 'versions', '1.json');
  await writeFile(path, (await readFile(path, 'utf8')).replaceAll(meta.sha256, elsewhere.sha256));
}
const shift = { input, routing: { functionVersion: '9', canary: null }, versions: { 9: 1 } };

describe('a version that is not approved', () => {
  it.each(['never judged', 'rejected', 'rejected after it was approved'])('gets nowhere: %s', async (state) => {
    if (state === 'rejected after it was approved') await decide('approved', 'first');
    if (state !== 'never judged') await decide('rejected', 'second');
    const operations = [
      () => activities.publishModel(input),
      () => activities.publishModel({ ...input, functionVersion: '4' }),
      () => activities.shiftTraffic(shift),
      () => activities.promoteModel(input),
    ];
    for (const operation of operations) expect(await failureType(operation())).toBe('NotApproved');
    expect(calls).toEqual([]);
    expect(await registry.aliases(NAME)).toEqual(new Map());
  });
});

describe('an approved version', () => {
  beforeEach(() => decide('approved', 'first'));

  it.each<[string, () => Promise<unknown>, typeof input]>([
    ['whose record points at another model', pointElsewhere, input],
    ['of a run that is about another model', () => Promise.resolve(), { ...input, model: elsewhere }],
  ])('%s gets nowhere', async (_, change, asked) => {
    await change();
    const operations = [
      () => activities.publishModel(asked),
      () => activities.publishModel({ ...asked, functionVersion: '4' }),
      () => activities.smokeTest({ input: asked, functionVersion: '9' }),
      () => activities.shiftTraffic({ ...shift, input: asked }),
      () => activities.promoteModel(asked),
    ];
    for (const operation of operations) expect(await failureType(operation())).toBe('LogTampered');
    expect(calls).toEqual([]);
    expect((await registry.log(NAME)).map(({ event }) => event)).toEqual(['begun', 'registered', 'decision']);
  });

  it('gets traffic and is promoted', async () => {
    await activities.shiftTraffic(shift);
    await activities.promoteModel(input);
    expect(calls).toEqual(['routeAlias', 'ensureUrl']);
    expect(await registry.aliases(NAME)).toEqual(new Map([['champion', 1]]));
  });

  it('serves by its earlier function version again, and by a new one where that is gone or of another model', async () => {
    expect(await activities.publishModel({ ...input, functionVersion: '4' })).toEqual({
      ...{ functionVersion: '4', published: false },
    });
    expect(calls).toEqual(['descriptionOf 4']);
    expect(await activities.publishModel({ ...input, functionVersion: '5' })).toMatchObject({ functionVersion: '9' });
    expect(calls.slice(1)).toEqual(['descriptionOf 5', 'publish']);
  });

  it.each([
    ['as registered', { predictions: 1, score: 0.75 }, null],
    ['with another score', { predictions: 1, score: 0.7500000001 }, 'SmokeTestFailed'],
    ['with another class', { predictions: 0, score: 0.75 }, 'SmokeTestFailed'],
  ])('is held against the answers that it was registered with: one that answers %s', async (_, payload, failure) => {
    answer = payload;
    const test = activities.smokeTest({ input, functionVersion: '9' });
    if (failure === null) expect(await test).toBe(1);
    else expect(await failureType(test)).toBe(failure);
  });
});
