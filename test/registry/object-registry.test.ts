import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RetrainingEntry } from '../../src/contracts/monitoring.js';
import { createObjectMonitoringLog } from '../../src/registry/object-monitoring-log.js';
import { createObjectRegistry } from '../../src/registry/object-registry.js';
import type { Objects } from '../../src/store/objects.js';
import { createMemoryObjects } from '../support/memory-objects.js';
import { shuffled } from '../support/shuffled-objects.js';
import { registryBehaviour } from './behaviour.js';
import { draftOf } from './draft.js';

const clock = () => new Date('2026-01-02T03:04:05Z');
const open = (objects: Objects) => createObjectRegistry(objects, 's3://bucket/registry', clock);
const NAME = 'anemia-detection';
const move = (version: number, by: string) => ({ alias: 'champion', version, by, reason: 'y' }) as const;

registryBehaviour('registry over objects', () =>
  Promise.resolve({ registry: open(createMemoryObjects()), name: NAME, draftOf }),
);

/** Tries again what failed for a lost answer, as activities do. */
async function insisting<T>(deed: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await deed();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('connection was cut')) throw error;
    }
  }
}

/** Numbers of a generator, and for how many writes an answer is lost. */
const orders = fc.record({ seed: fc.infiniteStream(fc.nat(1000)), lost: fc.infiniteStream(fc.nat(9)) });

describe('rivals at one registry', () => {
  it('number versions without a gap, and keep the chain whole, in any order of their requests', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async ({ seed, lost }) => {
        const memory = createMemoryObjects();
        const next = (below: number) => seed.next().value! % Math.max(1, below);
        const objects = shuffled(memory, next, () => lost.next().value === 0);
        const rivals = ['a', 'b', 'c'].map((digit) => ({ digit, registry: open(objects) }));
        await Promise.all(
          rivals.map(async ({ digit, registry }) => {
            const { version } = await insisting(() => registry.register(draftOf(digit)));
            await insisting(() => registry.setAlias(NAME, move(version, digit)));
          }),
        );
        const registry = open(memory);
        expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual([1, 2, 3]);
        const log = await registry.log(NAME);
        const moves = log.flatMap((entry) => (entry.event === 'alias' ? [entry] : []));
        expect(moves.slice(1).map(({ previous }) => previous)).toEqual(
          moves.slice(0, -1).map(({ version }) => version),
        );
        expect(new Set(moves.map(({ version }) => version))).toEqual(new Set([1, 2, 3]));
      }),
      { numRuns: 60 },
    );
  });

  it('let one retraining through, in any order of their requests', async () => {
    const entry = (run: string): RetrainingEntry => ({
      ...{ run, cause: 'drift', startedAt: '2026-11-24T10:00:00.000Z', outcome: null, training: run },
      ...{ datasetSha256: 'd'.repeat(64), definitionSha256: 'f'.repeat(64) },
    });
    const place = { model: NAME, functionName: NAME, alias: 'live' };
    await fc.assert(
      fc.asyncProperty(orders, async ({ seed, lost }) => {
        const memory = createMemoryObjects();
        const next = (below: number) => seed.next().value! % Math.max(1, below);
        const objects = shuffled(memory, next, () => lost.next().value === 0);
        const claims = await Promise.all(
          ['a', 'b', 'c'].map((run) =>
            insisting(() =>
              createObjectMonitoringLog(objects).claimRetraining(place, entry(run), ({ entries }) =>
                entries.length === 0 ? { allowed: true } : { allowed: false, reason: 'one runs' },
              ),
            ),
          ),
        );
        expect(claims.filter(({ allowed }) => allowed)).toHaveLength(1);
        expect((await createObjectMonitoringLog(memory).retrainings(place)).entries).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the log of a registry over objects', () => {
  /** A registry whose log has four entries. */
  async function four() {
    const objects = createMemoryObjects();
    const registry = open(objects);
    for (const digit of ['a', 'b']) await registry.register(draftOf(digit));
    for (const version of [1, 2, 1, 2]) await registry.setAlias(NAME, move(version, 'x'));
    const text = () => Buffer.from(objects.all.get(`${NAME}/promotions.jsonl`)!).toString();
    const write = (kept: string) => objects.all.set(`${NAME}/promotions.jsonl`, Buffer.from(kept));
    return { objects, registry, text, write };
  }

  it.each<[string, string, (lines: string[]) => string[]]>([
    [
      'a byte in a middle line',
      'line 2 of s3://bucket/registry/.* own hash',
      ([a, b, ...rest]) => [a!, b!.replace('"x"', '"y"'), ...rest],
    ],
    ['no middle line', 'line 2 of s3://bucket/registry/.* entry 3', ([a, , ...rest]) => [a!, ...rest]],
    ['no last line', 'line 4 of s3://bucket/registry/.* missing', (lines) => lines.slice(0, -1)],
    [
      'half a last line',
      'line 4 of s3://bucket/registry/.* JSON',
      (lines) => [...lines.slice(0, 3), lines[3]!.slice(0, 20)],
    ],
    ['nothing', 'line 1 of s3://bucket/registry/.* missing', () => []],
  ])('is refused when it was changed: %s', async (_, found, edit) => {
    const { registry, text, write } = await four();
    const lines = edit(text().split('\n').slice(0, -1));
    write(lines.map((line) => `${line}\n`).join(''));
    const failure = { type: 'LogTampered', message: expect.stringMatching(found) as string };
    await expect(registry.log(NAME)).rejects.toMatchObject(failure);
    await expect(registry.setAlias(NAME, move(1, 'x'))).rejects.toMatchObject(failure);
  });

  it('is mended where a writer ended between log and head', async () => {
    const { objects, registry } = await four();
    const head = objects.all.get(`${NAME}/promotions.head.json`)!;
    await registry.setAlias(NAME, move(1, 'x'));
    objects.all.set(`${NAME}/promotions.head.json`, head);
    expect(await registry.log(NAME)).toHaveLength(5);
    await registry.setAlias(NAME, move(2, 'x'));
    expect(await registry.log(NAME)).toHaveLength(6);
    expect(Buffer.from(objects.all.get(`${NAME}/promotions.head.json`)!).toString()).toContain('"sequence":6');
  });
});
