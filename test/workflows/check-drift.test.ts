import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Definition } from '../../src/contracts/definition.js';
import type { Alert, CheckInput } from '../../src/contracts/monitoring.js';
import { CHECK_DRIFT, ownId } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import type { checkDrift } from '../../src/workflows/check-drift.js';
import { connectTemporal } from '../support/temporal.js';
import { ALARM, concludesAlarm, EPISODE, withCheckWorker } from './check-runs.js';
import { checkEntry } from './scripted.js';
import { PROJECT } from '../support/project.js';

let temporal: TestWorkflowEnvironment;
let definition: Definition;
beforeAll(async () => {
  temporal = await connectTemporal();
  definition = await loadDefinition('pipelines/anemia.json');
});
afterAll(() => temporal.teardown());

/** The run of the retraining, as the project knows it. */
const RETRAINING = ownId('retrain-anemia-detection', PROJECT.taskQueue);

const check = (input: Partial<CheckInput> = {}) =>
  temporal.client.workflow.execute<typeof checkDrift>(CHECK_DRIFT, {
    workflowId: `drift-${randomUUID()}`,
    taskQueue: PROJECT.taskQueue,
    args: [{ store: PROJECT.store, definition, mode: 'scheduled', to: null, windowMinutes: null, ...input }],
  });

const ALERT: Alert = {
  ...{ id: `anemia-detection/${EPISODE.id}`, kind: 'drift', at: '2026-11-24T10:00:00.000Z' },
  ...{ model: { name: 'anemia-detection', version: 3 }, message: ALARM.why, report: null },
};
const DUE = [
  { alert: ALERT, sink: 'log' },
  { alert: ALERT, sink: 'webhook' },
];
const alarming: Partial<Activities> = { concludeCheck: concludesAlarm, dueAlerts: () => Promise.resolve(DUE) };
const withWorker = <T>(script: Partial<Activities>, act: () => Promise<T>) => withCheckWorker(temporal, script, act);

describe('a drift check', () => {
  it('compares, concludes, reports and looks for alerts that are due, and stays quiet without drift', async () => {
    const { result, calls } = await withWorker({}, () => check());
    expect(calls).toEqual(['compareWindow', 'concludeCheck', 'reportCheck', 'dueAlerts']);
    expect(result).toMatchObject({ retraining: '', troubles: [], report: { html: 'http://127.0.0.1/report.html' } });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('can be searched for by model, version, stage and verdict', async () => {
    const { result } = await withWorker(
      {
        concludeCheck: ({ mode, window, run }) =>
          Promise.resolve(checkEntry({ mode, window, run, decision: { ...ALARM, retrain: null } })),
      },
      async () => await temporal.client.workflow.getHandle((await check()).entry.run.split('/')[0]!).describe(),
    );
    expect(result.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([
        ['Model', 'anemia-detection'],
        ['ModelVersion', '3'],
        ['Stage', 'monitor'],
        ['Verdict', 'alarm'],
      ]),
    );
  });

  it.each([
    ['quiet', 'insufficient'],
    ['alarm', 'alarm'],
  ] as const)('with too few rows that is %s has the verdict %s', async (state, verdict) => {
    const requests = { state: 'refused', total: 40, refused: 40, maximumShare: 0.05 } as const;
    const decision = { ...ALARM, state, retrain: null };
    const concludeCheck: Activities['concludeCheck'] = ({ mode, window, run }) =>
      Promise.resolve(checkEntry({ mode, window, run, drift: 'insufficient', requests, decision }));
    const { result } = await withWorker({ concludeCheck }, async () => {
      const handle = temporal.client.workflow.getHandle((await check()).entry.run.split('/')[0]!);
      return { described: await handle.describe(), shown: await handle.query('__temporal_workflow_metadata') };
    });
    const attributes = result.described.typedSearchAttributes.getAll();
    expect(attributes.find(({ key }) => key.name === 'Verdict')?.value).toBe(verdict);
    expect(JSON.stringify(result.shown)).toContain('40 of 40 requests refused');
  });

  it('that counts says when somebody asked for it', async () => {
    const concludeCheck: Activities['concludeCheck'] = ({ mode, window, run, asked }) =>
      Promise.resolve(checkEntry({ mode, window, run, asked }));
    const { entries } = await withWorker({ concludeCheck }, async () => {
      await check();
      await check({ mode: 'by-hand' });
    });
    expect(entries.map(({ mode, asked }) => [mode, asked])).toEqual([
      ['scheduled', true],
      ['by-hand', undefined],
    ]);
  });

  it('tells every sink and starts one retraining that outlives it', async () => {
    const alerts: string[] = [];
    const { result } = await withWorker(
      {
        ...alarming,
        sendAlert: ({ alert, sink, place }) => {
          alerts.push(`${place.functionName}:${place.alias} ${sink} ${alert.id}`);
          return Promise.resolve();
        },
      },
      async () => {
        const outcome = await check();
        await temporal.client.workflow.getHandle(RETRAINING).result();
        return outcome;
      },
    );
    expect(alerts.sort()).toEqual(DUE.map(({ sink }) => `anemia-detection:live ${sink} ${ALERT.id}`));
    expect(result.retraining).toBe(`started ${RETRAINING}`);
  });

  it('tells the registry that it was this episode for which the model is trained and deployed', async () => {
    const reported: unknown[] = [];
    await withWorker(
      {
        ...alarming,
        registerModel: ({ origin }) => {
          reported.push(origin);
          return Promise.resolve({ name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) });
        },
        promoteModel: ({ reason }) => Promise.resolve(void reported.push(reason)),
      },
      async () => {
        await check();
        await temporal.client.workflow.getHandle(RETRAINING).result();
      },
    );
    const { id } = ALARM.episodes[0]!;
    const what = 'drift since 2026-11-24 10:00 UTC';
    expect(reported).toEqual([
      { kind: 'episode', id, what },
      `retrained because of ${what} (episode ${id}), gate passed`,
    ]);
  });

  it('goes on when its report cannot be written', async () => {
    const refusal = ApplicationFailure.nonRetryable('No room.', 'DataContract');
    const { result } = await withWorker({ ...alarming, reportCheck: () => Promise.reject(refusal) }, async () => {
      const outcome = await check();
      await temporal.client.workflow.getHandle(RETRAINING).result();
      return outcome;
    });
    expect(result).toMatchObject({ report: null, retraining: `started ${RETRAINING}` });
    expect(result.troubles).toEqual(['The report could not be written: No room.']);
  });

  it('is shown as a snapshot where there is a server for that, after its alerts', async () => {
    const reportCheck = () => Promise.resolve({ html: 'report.html', json: 'report.json', snapshot: true } as const);
    const { result, calls } = await withWorker({ reportCheck }, () => check());
    expect(calls.slice(-3)).toEqual(['reportCheck', 'dueAlerts', 'pushSnapshot']);
    expect(result).toMatchObject({ snapshot: 'http://127.0.0.1/projects/1/reports/2', troubles: [] });
    expect(result.report).toEqual({ html: 'report.html', json: 'report.json' });
  });

  it('goes on when its snapshot cannot be pushed', async () => {
    const reportCheck = () => Promise.resolve({ html: 'report.html', json: 'report.json', snapshot: true } as const);
    const refusal = ApplicationFailure.nonRetryable('The server refused access (403).', 'CredentialsRejected');
    const pushSnapshot = () => Promise.reject(refusal);
    const { result } = await withWorker({ reportCheck, pushSnapshot }, () => check());
    expect(result.report).toEqual({ html: 'report.html', json: 'report.json' });
    expect(result.snapshot).toBeUndefined();
    expect(result.troubles).toEqual(['The snapshot could not be pushed: The server refused access (403).']);
  });

  it('starts no second retraining while one runs', async () => {
    let open: () => void;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const claimRetraining = () => opened.then(() => ({ allowed: false, reason: 'cooldown' }) as const);
    const { result } = await withWorker({ ...alarming, claimRetraining }, async () => {
      const first = await check();
      const second = await check();
      open();
      await temporal.client.workflow.getHandle(RETRAINING).result();
      return [first.retraining, second.retraining];
    });
    expect(result).toEqual([`started ${RETRAINING}`, `${RETRAINING} runs already`]);
  });

  it('goes on when a sink refuses, and says which', async () => {
    const refusal = ApplicationFailure.nonRetryable('The webhook at example.org answered 400.', 'AlertRefused');
    const quiet = { ...ALARM, retrain: null };
    const { result } = await withWorker(
      {
        ...alarming,
        concludeCheck: ({ mode, window, run }) => Promise.resolve(checkEntry({ mode, window, run, decision: quiet })),
        sendAlert: ({ sink }) => (sink === 'log' ? Promise.resolve() : Promise.reject(refusal)),
      },
      () => check(),
    );
    expect(result.troubles).toEqual(['webhook was not told of drift: The webhook at example.org answered 400.']);
  });

  it('by hand only looks, at the window it is asked for', async () => {
    const { result, calls } = await withWorker(alarming, () =>
      check({ mode: 'by-hand', to: '2026-11-24T12:00:00.000Z', windowMinutes: 90 }),
    );
    expect(result.entry).toMatchObject({
      mode: 'by-hand',
      window: { from: '2026-11-24T10:30:00.000Z', to: '2026-11-24T12:00:00.000Z' },
    });
    for (const effect of ['dueAlerts', 'sendAlert']) expect(calls).not.toContain(effect);
    expect(result.retraining).toBe('');
  });
});
