import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patiently, resultOf } from '../../../src/client/patience.js';

const written: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  written.length = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const run = <T>(result: Promise<T>) => ({ workflowId: 'rollback-anemia', result: () => result });

it('tells after 5 s what a run waits for, and again when that changes', async () => {
  const sentences = ['Attempt 2.', 'Attempt 2.', 'Attempt 3.', ''];
  let end: (value: string) => void = () => undefined;
  const ended = resultOf(run(new Promise<string>((resolve) => (end = resolve))), () =>
    Promise.resolve(sentences.shift() ?? ''),
  );
  await vi.advanceTimersByTimeAsync(4999);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(written).toEqual(['Waiting for rollback-anemia: Attempt 2.\n', 'Waiting for rollback-anemia: Attempt 3.\n']);
  end('done');
  expect(await ended).toBe('done');
});

it('leaves no timer behind, which would hold the process', async () => {
  vi.useRealTimers();
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const [before, never] = [timers(), () => expect.unreachable()];
  expect(await resultOf(run(Promise.resolve('done')), never)).toBe('done');
  await expect(resultOf(run(Promise.reject(new Error('no version'))), never)).rejects.toThrow('no version');
  expect(await patiently('the registry', Promise.resolve('done'))).toBe('done');
  await expect(patiently('the registry', Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(timers()).toBe(before);
});

it('tells of what no try of ours repeats after 5 s, and each time as long again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  void patiently('the registry', new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(21_000);
  expect(written).toEqual([5, 10, 20].map((seconds) => `Waiting for the registry since ${seconds} s.\n`));
});
