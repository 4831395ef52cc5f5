import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Json, Predictor } from '../../../src/contracts/learner.js';
import type { Learner } from '../../../src/learner.js';
import { checkLearner } from '../../../src/testing/index.js';
import { temporaryDirectory } from '../../support/temp.js';
import centroid from '../learner/centroid.js';

const { predictor } = centroid;

it('a learner that is as it should be passes, by any options', () => {
  checkLearner(centroid);
  checkLearner(centroid, { share: 0.5 });
});

it('a zero with a sign, which JSON does not keep, is as good as one without', () => {
  checkLearner({ ...centroid, fit: () => ({ negative: [-0, 0, 0], positive: [1, 1, 1] }) });
});

it('options that the learner does not take are refused by its name', () => {
  expect(() => checkLearner(centroid, { share: 'much' })).toThrow(centroid.predictor.kind);
});

it('the example of the page runs', async () => {
  const page = await readFile(fileURLToPath(new URL('../../../docs/library.md', import.meta.url)), 'utf8');
  const code = /```ts\n(import \{ checkLearner[\s\S]*?)```/.exec(page)![1]!;
  const urlOf = (path: string) => new URL(path, import.meta.url).href;
  const file = join(await temporaryDirectory(), 'learner.test.mts');
  await writeFile(
    file,
    `${code
      .replace('anemia-mlops/testing', urlOf('../../../src/testing/index.ts'))
      .replace('./learner.js', urlOf('../learner/centroid.ts'))}\nconsole.log('checked');`,
  );
  expect(execFileSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8' })).toContain('checked');
});

let calls = 0;
it.each<[sentence: string, change: Partial<Learner>]>([
  ['has no version', { version: '' }],
  ['changes the rows that it learns from', { fit: (matrix) => (matrix.columns[0]!.fill(0), FIT) }],
  ['no finite, plain JSON', { fit: () => ({ negative: [NaN, 1, 1], positive: [0, 0, 0] }) }],
  ['gives another model', { fit: () => ({ negative: [calls++, 1, 1], positive: [0, 0, 0] }) }],
  ['gives another score', { predictor: { ...predictor, predict: () => 1 / ++calls } }],
  ['something else than a probability', { predictor: { ...predictor, predict: () => 1.5 } }],
  ['reads {} as parameters', { predictor: { ...predictor, parse: refuseUnless((it) => typeof it === 'object' && it !== null), predict: () => 0.5 } }], // prettier-ignore
  ['of other features', { predictor: { ...predictor, parse: refuseUnless((it) => JSON.stringify(it).includes('negative')), predict: () => 0.5 } }], // prettier-ignore
  ['is refused by the predictor', { fit: () => ({ negative: [1], positive: [2] }) }],
])('one is refused: %s', (sentence, change) => {
  expect(() => checkLearner({ ...(centroid as unknown as Learner), ...change })).toThrow(sentence);
});

const FIT: Json = { negative: [0, 0, 0], positive: [1, 1, 1] };

function refuseUnless(right: (parameters: Json) => boolean): Predictor['parse'] {
  return (parameters) => {
    if (!right(parameters)) throw new Error('other parameters');
    return parameters;
  };
}
