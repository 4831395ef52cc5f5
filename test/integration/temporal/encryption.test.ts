import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { decide } from '../../../src/client/decide.js';
import { failedEnd } from '../../../src/client/runs.js';
import { CHECK_DRIFT, driftSchedule, ownId } from '../../../src/contracts/names.js';
import { writeWorkflowBundle } from '../../../src/worker/workflow-code.js';
import { openLab, sampleDefinition } from '../../support/lab.js';
import { makeDirectory } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS, until } from '../../support/until.js';
import { kept, payloadsOf } from './kept-by-server.js';
import { readConfig } from '../../../src/config/config.js';
import { openProofs } from '../../../src/compose/open-identities.js';

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW, OTHER] = [newKey('old'), newKey('new'), newKey('other')];

let temporal: TestWorkflowEnvironment;
let workflowBundle: string;
beforeAll(async () => {
  temporal = await connectTemporal();
  workflowBundle = await writeWorkflowBundle(true, join(await makeDirectory(), 'workflows.js'));
}, LIMIT_MS);
afterAll(() => temporal.teardown());

const encryptingLab = (keys: string, more: Record<string, string> = {}) =>
  openLab(
    temporal,
    (close) => onTestFinished(close, LIMIT_MS),
    { MLOPS_CODEC_KEYS: keys, ...more },
    { workflowBundle },
  );
const REQUIRED = { MLOPS_CODEC_REQUIRED: 'true' };

it('leaves nothing readable in the histories of a run and its child', { timeout: LIMIT_MS }, async () => {
  const lab = await encryptingLab(OLD);
  await lab.work();
  const definition = await sampleDefinition();
  const run = await lab.start(definition);
  expect(await run.result()).toMatchObject({ outcome: 'deployed' });
  for (const id of [run.workflowId, lab.deployment(definition).workflowId]) {
    const { bytes, payloads } = await kept(lab.client, id);
    const plain = payloads.filter(({ encoding }) => encoding !== 'binary/encrypted');
    // The store's id in headers is nobody's secret, and the SDK's own mark of a local activity has its number and times.
    const known =
      /\.searchAttributes\.|\.header\.fields\.mlops-store$|\.markerRecordedEventAttributes\.details\.data\./;
    expect(plain.filter(({ path }) => !known.test(path))).toEqual([]);
    expect(payloads.filter(({ key }) => key === 'old').length).toBeGreaterThan(5);
    for (const word of ['anemia-sample', 'selection', 'hemoglobin', 'functionName', 'outcome', lab.home])
      expect(bytes.includes(word), word).toBe(false);
  }
});

it('leaves nothing readable of heartbeats, decisions and schedules', { timeout: LIMIT_MS }, async () => {
  const lab = await encryptingLab(OLD, REQUIRED);
  const definition = await sampleDefinition('approval.mode=manual');
  const hold = { model: definition.model, activity: 'crossValidateCandidate', at: 'after' } as const;
  const worker = await lab.work(hold);
  const run = await lab.start(definition);
  await worker.held;
  const during = await until(
    () => kept(lab.client, run.workflowId),
    ({ payloads }) => payloads.some(({ path }) => path.includes('.heartbeatDetails.')),
  );
  expect(during.payloads.filter(({ path, key }) => path.includes('.heartbeatDetails.') && key !== 'old')).toEqual([]);
  worker.release();

  const judgement = { by: 'Somebody', because: 'it looks plausible' };
  await until(
    () =>
      decide(lab.client, lab.project.taskQueue, openProofs(readConfig()), 'approve', run.workflowId, judgement).then(
        () => true,
        () => false,
      ), // not asked yet
    (decided) => decided,
  );
  expect(await run.result()).toMatchObject({ outcome: 'deployed' });
  const { bytes, payloads } = await kept(lab.client, run.workflowId);
  expect(payloads.some(({ path }) => path.includes('.workflowExecutionUpdateAcceptedEventAttributes.'))).toBe(true);
  for (const word of ['Somebody', 'plausible']) expect(bytes.includes(word), word).toBe(false);

  const { workflowService, options } = lab.client;
  const described = await workflowService.describeSchedule({
    namespace: options.namespace,
    scheduleId: ownId(driftSchedule(definition), lab.project.taskQueue),
  });
  const input = payloadsOf(described, '').filter(({ path }) => path.includes('.startWorkflow.input.'));
  expect(input).toEqual([expect.objectContaining({ encoding: 'binary/encrypted', key: 'old' })]);

  // Keys are required here: what a schedule starts has what it was given, encrypted, and attributes in plain.
  await lab.client.schedule.getHandle(ownId(driftSchedule(definition), lab.project.taskQueue)).trigger();
  const checks = await until(
    async () => {
      const found = [];
      for await (const check of lab.client.workflow.list({ query: `WorkflowType = '${CHECK_DRIFT}'` }))
        found.push(check);
      return found;
    },
    (found) => found.length > 0 && found.every(({ status }) => status.name !== 'RUNNING'),
  );
  expect(checks.map(({ status }) => status.name)).toEqual(['COMPLETED']);
});

it('encrypts why a run failed, and tells it who has the key', { timeout: LIMIT_MS }, async () => {
  const lab = await encryptingLab(OLD);
  await lab.work();
  const run = await lab.start(await sampleDefinition('dataset.uri=no-such-place.csv'));
  const error: unknown = await run.result().catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(failedEnd(error).failure?.message).toContain('no-such-place.csv');
  const { bytes } = await kept(lab.client, run.workflowId);
  expect(bytes.includes('Encoded failure')).toBe(true);
  for (const word of ['no-such-place', '    at ', '.ts:', '.js:']) expect(bytes.includes(word), word).toBe(false);
});

it('goes on after a rotation, and writes with the new key', { timeout: LIMIT_MS }, async () => {
  const lab = await encryptingLab(OLD);
  const definition = await sampleDefinition();
  const before = await lab.work({ model: definition.model, activity: 'ingestDataset', at: 'after' });
  const run = await lab.start(definition);
  await before.held;
  await before.kill();
  lab.environment['MLOPS_CODEC_KEYS'] = `${NEW},${OLD}`;
  await lab.work();
  await until(
    () => run.describe(),
    ({ status }) => status.name !== 'RUNNING',
  );
  const { payloads, events } = await kept(lab.client, run.workflowId);
  expect(events.at(-1)!.workflowExecutionCompletedEventAttributes).toBeTruthy();
  expect([payloads[0]?.key, payloads.findLast(({ path }) => path.startsWith('.events.'))?.key]).toEqual(['old', 'new']);
});

it('waits while no worker has the key, and goes on with it', { timeout: LIMIT_MS }, async () => {
  const lab = await encryptingLab(OLD);
  const run = await lab.start(await sampleDefinition());
  for (const keys of [OTHER, '']) {
    lab.environment['MLOPS_CODEC_KEYS'] = keys;
    const worker = await lab.work();
    await until(
      () => kept(lab.client, run.workflowId),
      ({ events }) => events.some(({ workflowTaskFailedEventAttributes: failed }) => Boolean(failed)),
    );
    expect((await run.describe()).status.name).toBe('RUNNING');
    if (keys === OTHER)
      expect(worker.printed()).toContain('A payload is encrypted with key old, which this process was not given');
    await worker.kill();
  }
  lab.environment['MLOPS_CODEC_KEYS'] = OLD;
  await lab.work();
  expect(await run.result()).toMatchObject({ outcome: 'deployed' });
});
