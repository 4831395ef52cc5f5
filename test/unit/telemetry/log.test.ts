import { ApplicationFailure } from '@temporalio/activity';
import { expect, it } from 'vitest';
import { telemetrySettings } from '../../../src/config/service-settings.js';
import { stageOf } from '../../../src/activities/index.js';
import { createLog } from '../../../src/telemetry/log.js';

const CANARY = 'Canary Patient';

const META = {
  ...{
    workflowId: 'train-anemia-1',
    workflowRunId: 'run-1',
    activityId: '3',
    activityType: 'fitCandidate',
    attempt: 2,
  },
  ...{ taskToken: 'dG9rZW4=', input: CANARY, result: { name: CANARY } },
};

/** What a log writes with these variables. */
function written(env: Record<string, string>, tell: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = [];
  tell(createLog(telemetrySettings(env).log, (line) => void lines.push(line), stageOf));
  return lines;
}

const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

it('is one JSON object a line, with the run and the stage it tells of', () => {
  const [line, ...more] = parsed(written({ LOG_FORMAT: 'json' }, (log) => void log.info('Step done', META)));
  expect(more).toEqual([]);
  const { time, ...reported } = line!;
  expect(new Date(String(time)).toISOString()).toBe(time);
  expect(reported).toEqual({
    ...{ level: 'info', message: 'Step done', workflowId: 'train-anemia-1', runId: 'run-1', activityId: '3' },
    ...{ activityType: 'fitCandidate', attempt: 2, stage: 'validate' },
  });
});

it.each(['text', 'json'])('carries neither inputs nor results as %s', (LOG_FORMAT) => {
  const lines = written({ LOG_FORMAT }, (log) => void log.error('Activity failed', META));
  expect(lines.join('')).toContain('train-anemia-1');
  expect(lines.join('')).not.toContain(CANARY);
});

it.each(['text', 'json'])('tells a mistake without a stack, a fault of the program with one, as %s', (LOG_FORMAT) => {
  const mistake = ApplicationFailure.nonRetryable('Column age has no unit.', 'DataContract');
  const [reported] = written({ LOG_FORMAT }, (log) => void log.warn('Activity failed', { error: mistake }));
  expect(reported).toContain('DataContract');
  expect(reported).toContain('Column age has no unit.');
  expect(reported).not.toContain('log.test.ts');
  const [fault] = written({ LOG_FORMAT }, (log) => void log.warn('Activity failed', { error: new Error('bug') }));
  expect(fault).toContain('log.test.ts');
});

it('tells warnings as text and all news as JSON, unless told otherwise', () => {
  const tell = (log: ReturnType<typeof createLog>) => void log.info('news');
  expect(written({}, tell)).toEqual([]);
  expect(written({ LOG_FORMAT: 'json' }, tell)).toHaveLength(1);
  expect(written({ LOG_LEVEL: 'info' }, tell)).toHaveLength(1);
});

it.each([
  ['LOG_LEVEL', 'LOG_LEVEL is none of trace, debug, info, warn, error: choose one of these.'],
  ['LOG_FORMAT', 'LOG_FORMAT is none of text, json: choose one of these.'],
  ['MLOPS_METRICS_PORT', 'MLOPS_METRICS_PORT is not a port: give a whole number from 1 to 65535.'],
])('a wrong %s is refused with what it may be', (name, sentence) => {
  expect(() => telemetrySettings({ [name]: 'loud' })).toThrow(sentence);
});

it('does not warn that the worker of numeric work has no workflows', () => {
  const tell = (log: ReturnType<typeof createLog>) => {
    log.warn('No workflows registered, not polling for workflow tasks');
    log.warn('Something else');
  };
  for (const LOG_FORMAT of ['text', 'json']) {
    const lines = written({ LOG_FORMAT }, tell);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('Something else');
  }
});

it.each(['text', 'json'])(
  'has one line and nothing that a terminal obeys for a message of others, as %s',
  (LOG_FORMAT) => {
    const [csi, override] = [String.fromCharCode(0x9b), String.fromCharCode(0x202e)];
    const hostile = `gone\u001b[2J${csi}1A${override}\nforged`;
    const lines = written({ LOG_FORMAT }, (log) => {
      const error = ApplicationFailure.nonRetryable(hostile, 'DataContract');
      log.warn(hostile, { ...META, workflowId: hostile, error });
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).toMatch(/^[^\p{Cc}\p{Bidi_Control}]+$/u);
    if (LOG_FORMAT === 'json') expect(parsed(lines)[0]).toMatchObject({ message: hostile, workflowId: hostile });
  },
);
