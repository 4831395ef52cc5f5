import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PORTABLE_FILES } from '../../../src/contracts/results.js';
import type { ModelRegistry, Recordable } from '../../../src/registry/registry.js';
import { type Registries, openRegistries } from './mlflow-registries.js';
import { startProxy } from './mlflow-proxy.js';

let opened: Registries;

beforeAll(async () => {
  opened = await openRegistries();
});
afterAll(() => opened.close());

const CAUSE = { by: 'train-1', reason: 'passed its gate' } as const;
const promote = (version: number) => ({ alias: 'champion', version, ...CAUSE }) as const;
const approval = (run: string): Recordable => ({ event: 'decision', version: 1, decision: 'approved', run, ...CAUSE });
/** Longer than a parameter of MLflow. */
const LONG = 'so it is '.repeat(1000);

/**
 * Loses the answer to the first request of a call, repeats the call from another process, and so for every request that
 * the call makes.
 * @returns how many those were
 */
async function losingEachAnswer(
  call: (registry: ModelRegistry, round: number) => Promise<unknown>,
  check: (round: number) => Promise<void>,
): Promise<number> {
  const proxy = await startProxy(opened.mlflow.uri);
  onTestFinished(() => proxy.close());
  for (let round = 1; ; round++) {
    const answer = proxy.lose(round);
    const failure = await call(opened.registry(proxy.uri), round).then(
      () => null,
      (error: unknown) => error,
    );
    if (!answer.lost) {
      expect(failure).toBeNull();
      await check(round);
      return round - 1;
    }
    expect(failure).toMatchObject({
      name: 'Error',
      message: expect.stringContaining('could not be reached') as string,
    });
    await call(opened.registry(), round);
    await check(round);
  }
}

describe('a call whose answer is lost and that is repeated', () => {
  it('registers one version, of one run', async () => {
    const { registry, draftOf, seen } = opened;
    await registry().register(draftOf('a', 'undisturbed'));
    const undisturbed = await seen('undisturbed');
    expect(undisturbed).toMatchObject({ versions: [{ version: '1' }], runs: [{}], logRuns: [{}] });
    const nameOf = (round: number) => `lost-${round}`;
    const requests = await losingEachAnswer(
      (registry, round) => registry.register(draftOf('a', nameOf(round))),
      async (round) => {
        expect(await seen(nameOf(round)), `request ${round}`).toEqual(undisturbed);
        expect(await registry().versions(nameOf(round))).toMatchObject([{ version: 1 }]);
      },
    );
    expect(requests).toBeGreaterThan(15); // nine artifacts, model, version, runs
  });

  it('moves an alias once, in the log and in MLflow', async () => {
    const { registry, draftOf, aliasInMlflow } = opened;
    for (const digit of ['a', 'b']) await registry().register(draftOf(digit, 'moved'));
    const versionIn = (round: number) => 1 + (round % 2);
    const requests = await losingEachAnswer(
      (registry, round) => registry.setAlias('moved', promote(versionIn(round))),
      async (round) => {
        const moves = (await registry().log('moved')).flatMap((entry) =>
          entry.event === 'alias' ? [entry.version] : [],
        );
        expect(moves).toEqual(Array.from({ length: round }, (_, index) => versionIn(index + 1)));
        expect(await aliasInMlflow('moved', 'champion')).toBe(versionIn(round));
      },
    );
    expect(requests).toBeGreaterThan(4);
  });

  it('records an entry once', async () => {
    const { registry, draftOf } = opened;
    // A model for each round: the log of one would grow, and with it the requests that reading it takes.
    const nameOf = (round: number) => `recorded-${round}`;
    const entry = { ...approval('train-1'), reason: LONG };
    const requests = await losingEachAnswer(
      async (lossy, round) => {
        await registry().register(draftOf('a', nameOf(round)));
        await lossy.record(nameOf(round), entry);
      },
      async (round) =>
        expect(await registry().log(nameOf(round))).toMatchObject([{ event: 'begun' }, { event: 'registered' }, entry]),
    );
    expect(requests).toBeGreaterThan(4);
  });
});

describe('several at once', () => {
  it('register different models as different versions', async () => {
    const { registry, draftOf } = opened;
    const drafts = ['a', 'b'].map((digit) => {
      const draft = draftOf(digit, 'rivals');
      return { ...draft, lineage: { ...draft.lineage, workflowId: `train-${digit}` } };
    });
    const made = await Promise.all(drafts.map((draft) => registry().register(draft)));
    expect(made.map(({ version }) => version).sort()).toEqual([1, 2]);
    const kept = await registry().versions('rivals');
    for (const { version, model } of made)
      expect(kept.find((known) => known.version === version)?.model).toEqual(model);
    expect(kept).toHaveLength(2);
  });

  it('register different models of one pipeline run, each with its own files', async () => {
    const { registry, emptyRegistry, draftOf } = opened;
    const drafts = ['a', 'b'].map((digit) => draftOf(digit, 'siblings'));
    const made = await Promise.all(drafts.map((draft) => registry().register(draft)));
    expect(made.map(({ version }) => version).sort()).toEqual([1, 2]);
    for (const { version, model } of made)
      expect((await emptyRegistry().version('siblings', version)).model).toEqual(model);
  });

  it('register the same model as one version', async () => {
    const { registry, draftOf } = opened;
    const draft = draftOf('a', 'twins');
    const made = await Promise.all([1, 2, 3].map(() => registry().register(draft)));
    expect(new Set(made.map(({ version }) => version)).size).toBe(1);
    expect(await registry().versions('twins')).toMatchObject([{ version: made[0]!.version }]);
    expect((await registry().register(draft)).version).toBe(made[0]!.version);
  });

  it('write every entry once, and the chain is whole', async () => {
    const { registry, draftOf } = opened;
    await registry().register(draftOf('a', 'busy'));
    const writers = [registry(), registry()];
    const runs = Array.from({ length: 12 }, (_, index) => `train-${index}`);
    await Promise.all(runs.map((run, index) => writers[index % writers.length]!.record('busy', approval(run))));
    const log = await registry().log('busy');
    const decided = log.flatMap((entry) => (entry.event === 'decision' ? [entry.run] : []));
    expect(decided.sort()).toEqual([...runs].sort());
    expect(log.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: runs.length + 2 }, (_, index) => index + 1),
    );
  });
});

it('goes on after MLflow was restarted', async () => {
  const { mlflow, draftOf, aliasInMlflow } = opened;
  const registry = opened.registry();
  await registry.register(draftOf('a', 'restarted'));
  await mlflow.stop();
  await expect(registry.register(draftOf('b', 'restarted'))).rejects.toMatchObject({
    name: 'Error',
    message: expect.stringContaining('is it running?') as string,
  });
  await mlflow.start();
  expect((await registry.register(draftOf('b', 'restarted'))).version).toBe(2);
  await registry.setAlias('restarted', promote(2));
  expect(await aliasInMlflow('restarted', 'champion')).toBe(2);
});

it('keeps what tells of single rows from the server, and brings the rest back elsewhere', async () => {
  const { registry, emptyRegistry, emptyStore, draftOf, fileOf } = opened;
  const draft = draftOf('a', 'kept-back');
  await registry().register(draft);
  const files = await readdir(await fileOf('kept-back', '.'), { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile()).map(({ name }) => name);
  expect(names.sort()).toEqual(
    [...PORTABLE_FILES, 'definition.json', 'evaluation.json', 'model.json', 'profile.json', 'version.json'].sort(),
  );
  const store = emptyStore();
  const { lineage, model } = await emptyRegistry(store).version('kept-back', 1);
  for (const ref of [model, lineage.profile, lineage.evaluation, lineage.definition])
    expect(await store.has(ref)).toBe(true);
  for (const ref of [lineage.matrix, lineage.reference, lineage.trainingRows]) expect(await store.has(ref)).toBe(false);
});
