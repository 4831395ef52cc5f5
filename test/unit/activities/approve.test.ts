import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApproveActivities } from '../../../src/activities/approve.js';
import { POLICY } from '../../../src/contracts/identity.js';
import type { ModelRegistry } from '../../../src/registry/registry.js';
import { draftOf } from '../registry/draft.js';
import { temporaryDirectory } from '../../support/temp.js';
import { PROJECT } from '../../support/project.js';
import { logKey } from '../registry/log-key.js';
import { claimed } from '../../support/people.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const NAME = 'anemia-detection';
const model = { name: NAME, version: 1, sha256: 'a'.repeat(64) };

let root: string;
let registry: ModelRegistry;
let activityId: string;
let activities: ReturnType<typeof createApproveActivities>;

beforeEach(async () => {
  root = await temporaryDirectory();
  registry = createRegistry(createFileObjects(root), () => new Date(), logKey);
  for (const digit of ['a', 'b', 'c']) await registry.register(draftOf(digit));
  activityId = '1';
  const running = () => ({
    ...{ workflowId: 'train-1', runId: 'run-1', activityId, signal: new AbortController().signal },
    report: () => undefined,
  });
  const identities = { prove: () => Promise.reject(new Error('nobody says anything here')) };
  activities = createApproveActivities({ registry, identities, running, now: () => new Date() });
});

const decide = (id: string, decision: 'approved' | 'rejected', by: string) => {
  activityId = id;
  const proof = by === POLICY ? null : 'claimed';
  return activities.recordDecision({ model, decision, by, proof, because: 'so' });
};
const decided = async () =>
  (await registry.version(NAME, 1)).decisions.map(({ decision, by }) => `${decision} by ${by}`);

describe('recordDecision', () => {
  it('writes an operation down once, however often it is tried, and two operations apart', async () => {
    await decide('1', 'approved', 'Ada');
    await decide('1', 'approved', 'Ada');
    await decide('2', 'approved', 'Grace');
    expect(await decided()).toEqual(['approved by Ada', 'approved by Grace']);
  });

  it('lets no policy approve what a person rejected; a person may', async () => {
    await decide('1', 'rejected', 'Ada');
    expect(await decide('2', 'approved', POLICY)).toEqual({
      decision: 'rejected',
      by: 'Ada',
      proof: 'claimed',
      because: 'so',
    });
    expect(await decide('3', 'approved', 'Grace')).toMatchObject({ decision: 'approved', by: 'Grace' });
    expect(await decided()).toEqual(['rejected by Ada', 'approved by Grace']);
  });

  it('takes no approval back because nobody answered another time', async () => {
    await decide('1', 'approved', 'Ada');
    expect(await decide('2', 'rejected', POLICY)).toMatchObject({ decision: 'rejected' });
    expect(await decided()).toEqual(['approved by Ada']);
  });
});

it('takes no decision on another model than the registry has', async () => {
  const other = { ...model, sha256: 'b'.repeat(64) };
  await expect(
    activities.recordDecision({ model: other, decision: 'approved', by: 'Ada', proof: 'claimed', because: 'so' }),
  ).rejects.toMatchObject({
    type: 'LogTampered',
    message: expect.stringContaining('this run is about bbbb') as string,
  });
  expect(await decided()).toEqual([]);
});

describe('planRollback', () => {
  const plan = (to: number | null, again?: true) =>
    activities.planRollback({
      ...{ store: PROJECT.store, model: NAME, to, functionName: NAME, alias: 'live', because: 'so', ...claimed('Ada') },
      ...(again ? { again } : {}),
    });
  const promote = (version: number) => registry.setAlias(NAME, { alias: 'champion', version, by: 'x', reason: 'y' });
  const judge = (version: number, decision: 'approved' | 'rejected', run: string) =>
    registry.record(NAME, { event: 'decision', version, decision, run, by: 'Ada', reason: 'so' });
  const serve = (version: number, functionVersion = String(version)) =>
    registry.record(NAME, {
      ...{ event: 'traffic', target: `${NAME}:live`, by: 'x', reason: 'y' },
      shares: [{ version, functionVersion, percent: 100 }],
    });
  beforeEach(async () => {
    for (const version of [1, 2, 3]) await judge(version, 'approved', 'first');
  });

  it('refuses where nothing serves, nothing served before, or the version never did', async () => {
    await expect(plan(null)).rejects.toThrow('Nothing of model anemia-detection serves behind anemia-detection:live');
    await promote(1);
    await expect(plan(null)).rejects.toThrow('is the first that served');
    await promote(2);
    await expect(plan(3)).rejects.toThrow('Version 3 of anemia-detection never served');
    await expect(plan(2)).rejects.toThrow('serves already');
    expect(await plan(2, true)).toMatchObject({ from: 2, to: { version: 2 } });
  });

  it('goes one back, and further back the next time', async () => {
    for (const version of [1, 2, 3]) await promote(version);
    expect(await plan(null)).toMatchObject({ from: 3, to: { version: 2, sha256: 'b'.repeat(64) } });
    await promote(2);
    expect(await plan(null)).toMatchObject({ from: 2, to: { version: 1 } });
    expect(await plan(3)).toMatchObject({ to: { version: 3 }, policy: { strategy: { steps: [] } } });
  });

  it('goes back to the champion itself when a terminated deployment left the alias elsewhere', async () => {
    await promote(1);
    await serve(1);
    await expect(plan(1)).rejects.toThrow('serves already');
    await serve(2);
    expect(await plan(1)).toMatchObject({ from: 1, to: { version: 1 } });
  });

  it('goes back to the very version of the function by which it served last', async () => {
    for (const version of [1, 2]) await promote(version);
    expect(await plan(null)).toMatchObject({ functionVersion: null });
    await serve(1, '4');
    await serve(1, '5');
    await serve(2, '6');
    expect(await plan(null)).toMatchObject({ to: { version: 1 }, functionVersion: '5' });
  });

  it('refuses what was rejected after it had served, before anything is stopped', async () => {
    for (const version of [1, 2]) await promote(version);
    await judge(1, 'rejected', 'later');
    await expect(plan(null)).rejects.toThrow('Version 1 of anemia-detection was rejected after it had served');
  });

  const recordOf = (version: number) => join(root, NAME, 'versions', `${version}.json`);

  it('refuses a version whose record is gone, at once and with what helps', async () => {
    for (const version of [1, 2]) await promote(version);
    await rm(recordOf(1));
    const failure = {
      type: 'RegistryUnusable',
      message: expect.stringMatching(
        /Version 1 .* is gone: restore versions\/1\.json .* write-off 1 --model/,
      ) as string,
    };
    await expect(plan(null)).rejects.toMatchObject(failure);
    await expect(plan(1)).rejects.toMatchObject(failure);
    await registry.writeOff(NAME, { version: 1, by: 'x', reason: 'y' });
    await expect(plan(1)).rejects.toMatchObject({ type: 'RollbackImpossible' });
  });

  it('goes back from a champion whose record is gone', async () => {
    for (const version of [1, 2]) await promote(version);
    await rm(recordOf(2));
    expect(await plan(null)).toMatchObject({ from: 2, to: { version: 1 } });
  });

  it('refuses a version whose record points at another model', async () => {
    for (const version of [1, 2]) await promote(version);
    const text = await readFile(recordOf(1), 'utf8');
    await writeFile(recordOf(1), text.replaceAll('a'.repeat(64), 'c'.repeat(64)));
    await expect(plan(null)).rejects.toMatchObject({ type: 'LogTampered' });
  });

  it('tells where the model serves when it is somewhere else', async () => {
    const alias = 'champion@screening:beta' as const;
    await registry.setAlias(NAME, { alias, version: 1, by: 'x', reason: 'y' });
    await expect(plan(null)).rejects.toThrow('it serves behind screening:beta, so give --function and --alias');
  });
});
