import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Definition } from '../../src/contracts/definition.js';
import { PipelineFailure } from '../../src/contracts/failures.js';
import type { PipelineStatus } from '../../src/contracts/pipeline.js';
import { STATUS_QUERY } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { workerFor } from '../support/worker.js';
import { failureOf, pipelineRuns } from './pipeline-runs.js';
import { scriptedActivities } from './scripted.js';

let temporal: TestWorkflowEnvironment;
let definition: Definition;

beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

const { run, start } = pipelineRuns(
  () => temporal,
  () => definition,
);

const searching = (trials: number) => ({
  kind: 'gradient-boosting',
  search: { method: 'random', trials, options: { maxDepth: { low: 1, high: 20 }, trees: { low: 1, high: 100 } } },
});
const define = async (candidates: object[], ...settings: string[]) => {
  definition = await loadDefinition('pipelines/anemia.json', [`candidates=${JSON.stringify(candidates)}`, ...settings]);
};

type Train = Activities['crossValidateCandidate'];
type Nest = Activities['nestedCrossValidate'];
const { activities: answering } = scriptedActivities();
const measure: Train = (input) => answering.crossValidateCandidate(input);
const nest: Nest = (input) => answering.nestedCrossValidate(input);

/** Waits until it is cancelled. */
const hang = () => Context.current().cancelled;

/** Hangs for all but the first few trials and nested repeats of a candidate, told by its name. */
function hangingFrom(limits: Partial<Record<string, number>>) {
  const begun = new Map<string, number>();
  return (name: string): boolean => {
    const index = begun.get(name) ?? 0;
    begun.set(name, index + 1);
    return index >= (limits[name] ?? Infinity);
  };
}

/** All of a search that ends has to end within half of this, also on a busy machine; the rest is waited for. */
const SOON = 'search.maxMinutes=0.2';

describe('an option search', () => {
  it('measures every trial, at most 16 at a time, and judges left-out features with the winning options', async () => {
    await define([{ kind: 'cart' }, searching(40)]);
    const nestedInputs: unknown[] = [];
    const seen: Parameters<Train>[0][] = [];
    let running = 0;
    let most = 0;
    const { outcome, status, calls, handle } = await run({
      crossValidateCandidate: async (input) => {
        most = Math.max(most, ++running);
        seen.push(input);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return measure(input);
      },
      nestedCrossValidate: (input) => {
        nestedInputs.push([input.repeat, input.trials.length, input.candidate.search]);
        return nest(input);
      },
    });
    const { trials } = definition.candidates[1]!.search!;
    expect(outcome).toMatchObject({ outcome: 'deployed', chosen: 'cart' });
    expect(seen.filter(({ without }) => without === null)).toHaveLength(41);
    expect(
      new Set(seen.filter(({ without }) => without === null).map(({ candidate }) => JSON.stringify(candidate.options)))
        .size,
    ).toBe(41);
    expect(seen.every(({ candidate }) => candidate.search === null)).toBe(true);
    expect(most).toBeLessThanOrEqual(18); // the other candidate, with and without the suspicious feature, besides
    expect(nestedInputs.sort()).toEqual([
      [0, 40, null],
      [1, 40, null],
    ]);
    expect(calls.filter((name) => name === 'concludeSearch')).toHaveLength(1);
    const without = seen.filter((input) => input.without === 'hb' && input.candidate.kind === 'gradient-boosting');
    expect(without.map(({ candidate }) => candidate.options)).toEqual([trials.at(-1)]);
    expect(status.leaderboard.map(({ candidate, without }) => [candidate, without])).toEqual([
      ['cart', null],
      ['gradient-boosting', null],
      ['cart', 'hb'],
      ['gradient-boosting', 'hb'],
    ]);
    const row = status.leaderboard[1]!;
    expect(row.search).toMatchObject({ method: 'random', measured: 40, planned: 40 });
    expect(status.warnings.map(({ code }) => code)).not.toContain('search-cut-short');
    const { historySize } = await handle.describe();
    expect(historySize).toBeLessThanOrEqual(512 * 1024);
  });

  it('leaves out what the time was not enough for, says so, and chooses among the rest', async () => {
    const named = (name: string) => ({ ...searching(3), name });
    await define(
      [{ kind: 'cart' }, named('slow-trial'), named('slow-nested'), named('no-trial'), named('no-nested')],
      SOON,
    );
    const hangs = {
      trial: hangingFrom({ 'slow-trial': 2, 'no-trial': 0 }),
      nested: hangingFrom({ 'slow-nested': 1, 'no-nested': 0 }),
    };
    const { outcome, status, calls } = await run({
      crossValidateCandidate: (input) =>
        input.without === null && hangs.trial(input.candidate.name) ? hang() : measure(input),
      nestedCrossValidate: (input) => (hangs.nested(input.candidate.name) ? hang() : nest(input)),
    });
    expect(outcome).toMatchObject({ outcome: 'deployed', chosen: 'cart' });
    const full = status.leaderboard.filter(({ without }) => without === null);
    expect(full.map(({ candidate, repeats, search }) => [candidate, repeats, search?.measured])).toEqual([
      ['cart', 10, undefined],
      ['slow-trial', 2, 2],
      ['slow-nested', 1, 3],
    ]);
    expect(status.leaderboard.filter(({ without }) => without === 'hb')).toHaveLength(3);
    expect(calls.filter((name) => name === 'concludeSearch')).toHaveLength(2);
    expect(
      status.warnings
        .filter(({ code }) => code === 'search-cut-short')
        .map(({ message }) => message)
        .sort(),
    ).toEqual([
      'The nested estimate of slow-nested rests on 1 of 2 repeats, those that ended within the 0.2 minutes of search.maxMinutes; raise it or try fewer options.',
      'The search of slow-trial chose among 2 of 3 trials, those that ended within 0.1 minutes, half of search.maxMinutes; raise it or try fewer options.',
      'no-nested was left out: its nested estimate did not end within the 0.2 minutes of search.maxMinutes (0 of 2 repeats); raise it or try fewer options.',
      'no-trial was left out: none of its 3 trials ended within 0.1 minutes, half of search.maxMinutes; raise it or try fewer options.',
    ]);
  });

  it('fails when no candidate is left', async () => {
    await define([searching(2)], 'search.maxMinutes=0.01');
    const { outcome, calls } = await run({ crossValidateCandidate: hang });
    const failure = failureOf(outcome);
    expect([failure.type, failure.nonRetryable]).toEqual(['SearchCutShort', true]);
    expect(failure.message).toBe(
      'No candidate is left to choose from, because no search ended within the 0.01 minutes of search.maxMinutes; raise it or try fewer options, or name a candidate without a search.',
    );
    for (const never of ['nestedCrossValidate', 'concludeSearch', 'fitCandidate']) expect(calls).not.toContain(never);
    expect(calls.at(-1)).toBe('reportTraining');
  });

  it('fails with the name of a trial that failed, and begins no other', async () => {
    await define([searching(40)]);
    const hangs = hangingFrom({ '': 1 });
    const { activities, calls } = scriptedActivities({
      crossValidateCandidate: () =>
        hangs('') ? hang() : Promise.reject(new PipelineFailure('DataContract', 'one trial fails.')),
    });
    const worker = await workerFor(temporal, activities);
    const outcome = await worker.runUntil(async () =>
      (await start()).result().then(
        () => null,
        (error: unknown) => error,
      ),
    );
    expect(failureOf(outcome).type).toBe('DataContract');
    expect(calls.filter((name) => name === 'crossValidateCandidate').length).toBeLessThanOrEqual(16);
  });

  it('is cancelled with its run, and what waits is never begun', async () => {
    await define([searching(40)]);
    const hangs = hangingFrom({ '': 3 });
    const { activities, calls } = scriptedActivities({
      crossValidateCandidate: (input) => (hangs('') ? hang() : measure(input)),
    });
    const worker = await workerFor(temporal, activities);
    const outcome = await worker.runUntil(async () => {
      const handle = await start();
      await until(
        () => calls.filter((name) => name === 'crossValidateCandidate').length,
        (count) => count === 19,
      );
      const { stages } = await handle.query<PipelineStatus>(STATUS_QUERY);
      expect(stages.find(({ stage }) => stage === 'train')?.found).toBe('3 of 44'); // 40 trials, 2 nested, 2 rows
      await handle.cancel();
      return handle.result().then(
        () => null,
        (error: unknown) => error,
      );
    });
    expect(outcome).toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(calls.filter((name) => name === 'crossValidateCandidate')).toHaveLength(19);
    expect(calls).not.toContain('nestedCrossValidate');
  });
});
