import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { parseDefinition } from '../../../src/definition/definition.js';
import { parseModelDocument } from '../../../src/model/model-document.js';
import { type Lab, openLab } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { expectRightAnswers } from './accepted-definitions/endpoint-answers.js';
import { AT_THE_LIMITS, WORDS_AS_NAMES } from './accepted-definitions/limit-definitions.js';
import { madeUpTable } from './accepted-definitions/made-up-table.js';
import { writtenDefinition } from './accepted-definitions/written-definitions.js';

/** The same definitions each time; fast-check prints it with a counterexample. */
const SEED = 15;
const DEFINITIONS = 38;
const LEAST_SERVED = 20;
/** Rows that each deployed model is asked about. */
const ASKED = 3;

let lab: Lab;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const temporal = await connectTemporal();
  closing.push(() => temporal.teardown());
  lab = await openLab(temporal, (close) => closing.unshift(close));
  await lab.work();
});
afterAll(async () => {
  for (const close of closing) await close();
});

/** The definition, or nothing when it is refused, which it must be by one plain sentence. */
function accepted(raw: object): Definition | null {
  try {
    return parseDefinition(raw, 'made-up.json');
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineFailure);
    expect(error).toMatchObject({
      type: 'DefinitionInvalid',
      message: expect.stringMatching(/^made-up\.json has [^\p{Cc}]+\.$/u) as string,
    });
    return null;
  }
}

/** Runs the whole pipeline on a table of its own; it must end with the model behind a function URL. */
async function trainAndDeploy(definition: Definition) {
  const outcome = await (await lab.start(definition)).result();
  expect(outcome).toMatchObject({ outcome: 'deployed', reason: '', unchanged: false });
  const model = outcome.model!;
  const version = await lab.registry.version(model.name, model.version);
  return { model, document: parseModelDocument(await lab.store.get(version.model)), url: outcome.endpoint!.url };
}

describe('a definition that is accepted', () => {
  it(
    'trains, is registered and deployed, and every shape of request is answered as its model says',
    { timeout: 300_000 },
    async () => {
      let written = 0;
      let served = 0;
      await fc.assert(
        fc.asyncProperty(writtenDefinition, fc.nat(), async ({ missing, ...raw }, seed) => {
          const uri = join(lab.home, `made-up-${written++}.csv`);
          const definition = accepted({ ...raw, dataset: { uri, missing } });
          if (definition === null) return;
          const { csv, rows } = madeUpTable(definition, seed);
          await writeFile(uri, csv);
          await expectRightAnswers({ definition, ...(await trainAndDeploy(definition)) }, rows.slice(0, ASKED));
          served++;
        }),
        {
          seed: SEED,
          numRuns: DEFINITIONS,
          timeout: 60_000,
          examples: [
            [AT_THE_LIMITS, 1],
            [WORDS_AS_NAMES, 2],
          ],
        },
      );
      expect(served).toBeGreaterThanOrEqual(LEAST_SERVED);
    },
  );
});
