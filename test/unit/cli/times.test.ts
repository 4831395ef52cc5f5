import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellHistory } from '../../../src/cli/commands/history.js';
import { readTime } from '../../../src/cli/command-table.js';
import type { LogEntry, ModelRegistry } from '../../../src/registry/registry.js';

describe('a time on the command line, far from Greenwich', () => {
  beforeEach(() => vi.stubEnv('TZ', 'America/New_York'));
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24 10:40:42', '2026-11-24T10:40:42.000Z'],
    ['2026-11-24T10:40', '2026-11-24T10:40:00.000Z'],
    ['2026-11-24T10:40Z', '2026-11-24T10:40:00.000Z'],
    ['2026-11-24T10:40:00.5+02:00', '2026-11-24T08:40:00.500Z'],
  ])('%s', (text, iso) => {
    expect(new Date(2026, 0, 1, 0).getTimezoneOffset()).toBe(300);
    expect(readTime('--at', text).toISOString()).toBe(iso);
  });

  it('is told what is wrong with it', () => {
    expect(() => readTime('--at', 'yesterday')).toThrow('--at is not a time: give one like');
  });

  it('finds the entry from whose line it was copied', async () => {
    const entry = {
      ...{ event: 'traffic', target: 'anemia:live', at: '2026-11-24T10:40:42.731Z', by: 'Ada', reason: 'so' },
      ...{ shares: [{ version: 1, functionVersion: '1', percent: 100 }], sequence: 1, previousHash: '', hash: 'f' },
      ...{ digests: {}, signature: { key: '', value: '' } },
    } as LogEntry;
    const registry: Partial<ModelRegistry> = {
      models: () => Promise.resolve(['anemia']),
      log: () => Promise.resolve([entry]),
      versions: () => Promise.resolve([]),
    };
    const ask = async (at?: string) =>
      (await tellHistory(registry as ModelRegistry, at === undefined ? {} : { at })).text;
    const shown = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(await ask())![0];
    expect(await ask(shown)).toContain('100 % anemia version 1');
    expect(await ask('2026-11-24 10:40:41')).toContain('nothing of anemia served');
  });
});
