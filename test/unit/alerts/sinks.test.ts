import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAlertActivities } from '../../../src/activities/alert.js';
import { createAlertSinks, type AlertOptions, createLogSink } from '../../../src/alerts/create-alert-sinks.js';
import { createCustomSink } from '../../../src/alerts/alert-sink.js';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { temporaryDirectory } from '../../support/temp.js';
import { ALERT } from './receiver.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { createMonitoringLog } from '../../../src/registry/stored-monitoring-log.js';

const signal = new AbortController().signal;

async function moduleOf(code: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'my-sink.mjs');
  await writeFile(path, code);
  return path;
}

/** Where the modules below leave what they are given. */
const heard = (key: string) => (globalThis as unknown as Record<string, unknown>)[key];

describe('the log sink', () => {
  it('writes one line of JSON an alert', async () => {
    const lines: string[] = [];
    await createLogSink((line) => lines.push(line)).send({ ...ALERT, message: 'two\nlines' }, signal);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0]!)).toEqual({ type: 'alert', ...ALERT, message: 'two\nlines' });

    const hostile = `${String.fromCharCode(0x9b)}2J${String.fromCharCode(0x202e)}`;
    await createLogSink((line) => lines.push(line)).send({ ...ALERT, message: hostile }, signal);
    expect(lines[1]).toContain('\\u009b2J\\u202e');
    expect(JSON.parse(lines[1]!)).toMatchObject({ message: hostile });
  });
});

describe('a sink of one’s own', () => {
  it('may be a function', async () => {
    const path = await moduleOf('export default async (alert, signal) => { globalThis.heardA = [alert, signal]; };');
    await createCustomSink(path).send(ALERT, signal);
    expect(heard('heardA')).toEqual([ALERT, signal]);
  });

  it('may be an object with send, which keeps its this and is loaded once', async () => {
    const path = await moduleOf(
      'export default { alerts: [], async send(alert) { this.alerts.push(alert.id); globalThis.heardB = this.alerts; } };',
    );
    const sink = createCustomSink(path);
    await sink.send(ALERT, signal);
    await sink.send(ALERT, signal);
    expect(heard('heardB')).toEqual([ALERT.id, ALERT.id]);
  });

  it.each([
    ['throws', 'export default async () => { throw new Error("pager is down"); };', 'failed: pager is down'],
    ['throws no error', 'export default async () => { throw "down"; };', 'failed: it threw something else'],
  ])('is tried again when it %s', async (_, code, message) => {
    const error: unknown = await createCustomSink(await moduleOf(code))
      .send(ALERT, signal)
      .catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(PipelineFailure);
    expect(error).toMatchObject({ message: `The alert sink my-sink.mjs ${message}` });
  });

  it.each([
    ['has no default export', 'export const send = () => {};', 'has no function as its default export'],
    ['exports something else', 'export default { send: 1 };', 'has no function as its default export'],
    ['exports nothing', 'export default null;', 'has no function as its default export'],
    ['cannot be loaded', 'import "./missing.mjs";', 'cannot be loaded'],
  ])('is refused plainly when it %s', async (_, code, message) => {
    await expect(createCustomSink(await moduleOf(code)).send(ALERT, signal)).rejects.toMatchObject({
      type: 'AlertRefused',
      message: expect.stringContaining(message) as string,
    });
  });

  it('must exist when the worker starts', () => {
    expect(() => createCustomSink('/nowhere/my-sink.mjs')).toThrow(
      'MLOPS_ALERT_SINK names my-sink.mjs, which does not exist',
    );
  });
});

describe('the sinks of a worker', () => {
  const base: AlertOptions = {
    ...{ webhook: null, secret: null, customSink: null },
    writeLine: () => undefined,
    now: () => new Date(0),
  };

  it('are the log, and what is set', async () => {
    const namesOf = (options: AlertOptions) => createAlertSinks(options).map(({ name }) => name);
    expect(namesOf(base)).toEqual(['log']);
    const customSink = await moduleOf('export default () => {};');
    const webhook = 'https://alerts.example.org/in';
    expect(namesOf({ ...base, webhook, secret: 'x'.repeat(16), customSink })).toEqual(['log', 'webhook', 'own']);
    expect(() => createAlertSinks({ ...base, webhook })).toThrow('MLOPS_ALERT_SECRET');
  });

  it('are told by an activity each, once', async () => {
    const lines: string[] = [];
    const customSink = await moduleOf('export default () => { throw new Error("down"); };');
    const alerts = createAlertSinks({ ...base, customSink, writeLine: (line) => lines.push(line) });
    const monitoringLog = createMonitoringLog(createMemoryObjects());
    const schedules = { pauseNote: () => Promise.resolve(null) };
    const activities = createAlertActivities({
      ...{ alerts, monitoringLog, schedules },
      running: () => ({ signal }),
      now: () => new Date(0),
    });
    const place = { model: ALERT.model.name, functionName: 'f', alias: 'live' };
    await expect(activities.sendAlert({ place, alert: ALERT, sink: 'own' })).rejects.toThrow('down');
    expect(lines).toEqual([]);
    for (let tries = 0; tries < 2; tries++) await activities.sendAlert({ place, alert: ALERT, sink: 'log' });
    expect(lines).toHaveLength(1);
    expect(await monitoringLog.delivered(place)).toEqual([{ alert: ALERT.id, sink: 'log' }]);
    await expect(activities.sendAlert({ place, alert: ALERT, sink: 'webhook' })).rejects.toMatchObject({
      type: 'AlertRefused',
      message: expect.stringContaining('no alert sink called webhook, only log, own') as string,
    });
  });
});
