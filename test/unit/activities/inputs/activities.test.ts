import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { activityInterceptor } from '../../../../src/activities/interceptor.js';
import { ACTIVITY_INPUTS, createActivities, type Ports } from '../../../../src/activities/index.js';
import { PLAIN_MARK, plainRefusal } from '../../../../src/contracts/failures.js';

import { exampleOf } from './examples.js';
import { MARK, rubbishOf } from './rubbish.js';

const names = Object.keys(ACTIVITY_INPUTS);

/** Every activity that a worker has, told by the worker's own table: their makers do nothing but remember their ports. */
const offered = Object.keys(createActivities({} as Ports));

/** What an activity of this name makes of arguments, with the interceptor of workers; `ran` when its code was reached. */
async function reached(activityType: string, ...args: unknown[]): Promise<unknown> {
  const environment = new MockActivityEnvironment(
    { activityType },
    {
      interceptors: [(context: Context) => ({ inbound: activityInterceptor(context) })],
      // Every refusal would be a warning with its stack.
      logger: new DefaultLogger('ERROR'),
    },
  );
  return environment
    .run((...given: unknown[]) => Promise.resolve({ ran: given }), ...args)
    .catch((error: unknown) => error);
}

describe('inputs of activities', () => {
  it('have a schema for every activity that a worker has', () => {
    expect(names.sort()).toEqual(offered.sort());
  });

  it.each(names)('%s is given what runs give it', async (name) => {
    const example = exampleOf(name);
    expect(await reached(name, example)).toEqual({ ran: [example] });
  });

  it.each(names)('%s is refused rubbish before its code is reached, without a word of it', async (name) => {
    for (const { what, input } of rubbishOf(exampleOf(name))) {
      // What is inside a definition is seen once, because it is one schema.
      if (name !== 'ingestDataset' && /definition\.\w+\./.test(what)) continue;
      const failure = await reached(name, input);
      expect([what, failure]).toEqual([what, expect.any(ApplicationFailure)]);
      const { type, nonRetryable, message } = failure as ApplicationFailure;
      expect({ what, type, nonRetryable }).toEqual({ what, type: 'InputInvalid', nonRetryable: true });
      expect(message).toContain(`The input of the activity ${name} `);
      expect(message).not.toMatch(/COPY|secret-value|loot/);
    }
  });

  it('that came plain where they must not are refused as such, for good', async () => {
    for (const args of [[PLAIN_MARK], [exampleOf('promoteModel'), PLAIN_MARK]])
      expect(await reached('promoteModel', ...args)).toMatchObject({
        type: 'PayloadPlain',
        nonRetryable: true,
        message: plainRefusal('The input of the activity promoteModel'),
      });
  });

  it('are one argument', async () => {
    const example = exampleOf('promoteModel');
    for (const args of [[], [example, example]])
      expect(await reached('promoteModel', ...args)).toMatchObject({
        type: 'InputInvalid',
        message: `The input of the activity promoteModel has ${args.length} arguments instead of 1; run workflows of this version only.`,
      });
  });

  it.each(['toString', '__proto__', 'dropAll'])('of an unknown activity %s are refused', async (name) => {
    expect(await reached(name, {})).toMatchObject({
      type: 'InputInvalid',
      message: `The input of the activity ${name} has no schema; run workflows of this version only.`,
    });
  });

  it('nested without end are refused', async () => {
    const depth = 200_000;
    const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    const example = exampleOf('crossValidateCandidate') as { candidate: object };
    const own = { kind: 'a/b', name: 'b', version: '1', options: { deep }, search: null };
    expect(await reached('crossValidateCandidate', { ...example, candidate: own })).toMatchObject({
      type: 'InputInvalid',
      message: expect.stringContaining('is nested too deeply') as string,
    });
  });

  it('say where and why', async () => {
    const example = exampleOf('ingestDataset') as { definition: { target: { labels: object } } };
    example.definition.target.labels = { Yes: MARK, No: 0 };
    expect(await reached('ingestDataset', example)).toMatchObject({
      message: expect.stringMatching(
        /^The input of the activity ingestDataset has .*"definition\.target\.labels\.Yes".*; start it with this version's commands/,
      ) as string,
    });
  });

  it('with options of another kind are nothing to learn with', async () => {
    const example = exampleOf('fitCandidate') as { chosen: { candidate: string; options: object } };
    for (const change of [{ options: { trees: MARK } }, { options: {} }, { candidate: 'nobody' }])
      expect(await reached('fitCandidate', { ...example, chosen: { ...example.chosen, ...change } })).toMatchObject({
        type: 'InputInvalid',
      });
  });
});
