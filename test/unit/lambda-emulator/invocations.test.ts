import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { startLambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { until } from '../../support/until.js';
import { failureOf, gone, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

const lab = openLambdaLab();
const { create, update, invoke, lines } = lab;

describe('invocations', () => {
  it('gives the handler its event, context and variables, and nothing of this process', async () => {
    process.env['LAMBDA_TEST_SECRET'] = 'secret';
    await create(
      zipOf(
        'return { event, version: context.functionVersion, left: context.getRemainingTimeInMillis() > 0, env: Object.keys(process.env) }',
      ),
      {
        Environment: { Variables: { MODE: 'x' } },
      },
    );
    const { payload } = await invoke({ a: 'ü' });
    delete process.env['LAMBDA_TEST_SECRET'];
    expect(payload).toMatchObject({ event: { a: 'ü' }, version: '$LATEST', left: true });
    const { env } = payload as { env: string[] };
    expect(env).toContain('MODE');
    expect(env).not.toContain('LAMBDA_TEST_SECRET');
  });

  it('reuses a process, and starts another for changed code', async () => {
    await create(zipOf('return ++calls', 'let calls = 0;'));
    expect([(await invoke()).payload, (await invoke()).payload]).toEqual([1, 2]);
    await update(zipOf('return 100 + ++calls', 'let calls = 0;'));
    expect((await invoke()).payload).toBe(101);
  });

  it('reports an error of the handler without a stack', async () => {
    await create(zipOf('throw new TypeError("went wrong")'));
    expect(await invoke()).toEqual({
      payload: { errorType: 'TypeError', errorMessage: 'went wrong' },
      version: '$LATEST',
      error: 'Unhandled',
    });
  });

  it.each<[string, string, object, RegExp]>([
    ['a crash', 'if (event.bad) process.exit(7)', {}, /exit status 7/],
    [
      'an exception outside the handler',
      'if (event.bad) { setTimeout(() => { throw new Error("late") }); await new Promise(() => {}) }',
      {},
      /exit status 1/,
    ],
    [
      'a time-out',
      'if (event.bad) await new Promise((resolve) => setTimeout(resolve, 60000))',
      { Timeout: 1 },
      /Task timed out after 1.00 seconds/,
    ],
    ['an endless loop', 'while (event.bad);', { Timeout: 1 }, /Task timed out after 1.00 seconds/],
    [
      'a memory blow-up',
      'const all = []; while (event.bad) all.push(new Array(100000).fill(Math.random()))',
      { MemorySize: 128, Timeout: 25 },
      /signal SIGABRT|exit status/,
    ],
    [
      'a blow-up of buffers, which are not on the heap',
      'const all = []; while (event.bad) { all.push(Buffer.alloc(8_000_000, 1)); await new Promise(setImmediate) }',
      { MemorySize: 128, Timeout: 25 },
      /signal SIGKILL/,
    ],
  ])('survives %s: one failed request, then a new process', async (_, body, more, message) => {
    await create(zipOf(`${body}; return "fine"`), more);
    expect((await invoke()).payload).toBe('fine');
    const failed = await invoke({ bad: true });
    expect(failed.error).toBe('Unhandled');
    expect((failed.payload as { errorMessage: string }).errorMessage).toMatch(message);
    expect((await invoke()).payload).toBe('fine');
    const metrics = (await (await fetch(`${lab.endpoint.url}/metrics/f`)).json()) as {
      versions: Record<string, object>;
    };
    expect(metrics.versions['$LATEST']).toMatchObject({ requests: 3, errors: 1 });
  });

  it('reports code that cannot be loaded', async () => {
    await create(zipSync({ 'other.mjs': strToU8('1') }));
    expect(await invoke()).toMatchObject({
      error: 'Unhandled',
      payload: { errorMessage: "Cannot find module 'index'" },
    });
    await update(zipOf('return 1', 'throw new Error("no start");'));
    expect(await invoke()).toMatchObject({ error: 'Unhandled', payload: { errorMessage: 'no start' } });
  });

  it('answers twenty at once on two processes at most', async () => {
    await create(zipOf('await new Promise((resolve) => setTimeout(resolve, 5)); return [event.i, process.pid]'));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => invoke({ i })));
    const payloads = answers.map(({ payload }) => payload as [number, number]);
    expect(payloads.map(([i]) => i)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(new Set(payloads.map(([, pid]) => pid)).size).toBeLessThanOrEqual(2);
  });

  it('ends idle processes and, when it closes, all of them', async () => {
    await lab.restart({ idleMilliseconds: 10 });
    await create(zipOf('return process.pid'), { Timeout: 30 });
    const first = (await invoke()).payload as number;
    await gone(first);
    const second = (await invoke()).payload as number;
    expect(second).not.toBe(first);
    await update(zipOf('console.log(process.pid); await new Promise(() => { setInterval(() => {}, 1000) })'));
    lines.length = 0;
    const hanging = failureOf(invoke());
    await expect.poll(() => lines.length).toBe(1);
    await lab.endpoint.close();
    await hanging;
    await gone(Number(lines[0]));
  });

  it('ends when it closes what still runs of code that was replaced', async () => {
    const long = 'console.log(process.pid); await new Promise(() => setInterval(() => 0, 1000))';
    await lab.create(zipOf(long), { Timeout: 60 });
    const running = lab.invoke().catch(() => null);
    const pid = Number(
      await until(
        () => lab.lines[0] ?? '',
        (line) => line !== '',
      ),
    );
    await lab.update(zipOf('return "new"'));
    expect((await lab.invoke()).payload).toBe('new');
    await lab.restart();
    await gone(pid);
    await running;
  });

  it('collects what functions print, by default into a file', async () => {
    await create(zipOf('console.log("out"); console.error("err"); return 1'));
    await invoke();
    await expect.poll(() => [...lines].sort()).toEqual(['err', 'out']);
    await lab.endpoint.close();
    const logging = await startLambdaEndpoint({ directory: lab.directory, port: 0 });
    await fetch(`${logging.url}/2015-03-31/functions/f/invocations`, { method: 'POST', body: '{}' });
    await logging.close();
    expect(readFileSync(join(lab.directory, 'logs', 'f.log'), 'utf8')).toContain('out\n');
  });

  it('bounds payloads in both directions', async () => {
    await create(zipOf('return "x".repeat(event.size)'));
    expect(await failureOf(invoke({ x: 'y'.repeat(6 * 1024 * 1024) }))).toEqual(['RequestTooLargeException', 413]);
    expect(await invoke({ size: 7 * 1024 * 1024 })).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
    const broken = await fetch(`${lab.endpoint.url}/2015-03-31/functions/f/invocations`, { method: 'POST', body: '{' });
    expect([broken.status, broken.headers.get('x-amzn-errortype')]).toEqual([400, 'InvalidRequestContentException']);
  });
});
