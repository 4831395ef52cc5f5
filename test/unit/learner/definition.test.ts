import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CANDIDATE_KINDS } from '../../../src/ml/learners/index.js';
import { parseDefinition } from '../../../src/definition/definition.js';
import { type Learner, registerLearner } from '../../../src/learner.js';
import { minimal, setting } from '../../support/definitions.js';
import centroid from './centroid.js';

const parse = (...candidates: unknown[]) => parseDefinition({ ...minimal(), candidates }, 'churn.json');

describe('a learner of one’s own in a definition', () => {
  it('is unknown until it is registered, then one of the kinds', () => {
    expect(setting('candidates.0.kind', 'tests/centroid')).toBe(
      `churn.json has an unknown kind at "candidates[0].kind": choose from ${CANDIDATE_KINDS.join(', ')}; other learners are known when MLOPS_LEARNERS names their modules.`,
    );
    registerLearner(centroid);
    expect(setting('candidates.0.kind', 'tests/centroit')).toContain(
      `choose from ${CANDIDATE_KINDS.join(', ')}, tests/centroid`,
    );
    expect(parse({ kind: 'tests/centroid', options: { share: 0.5 } }, { kind: 'cart' }).candidates).toMatchObject([
      { kind: 'tests/centroid', name: 'centroid', version: '3', options: { share: 0.5, shift: 0 }, search: null },
      { kind: 'cart', name: 'cart' },
    ]);
  });

  it('has its options checked by its own schema, and searched like any others', () => {
    registerLearner(centroid);
    expect(setting('candidates.0', { kind: 'tests/centroid', options: { share: 2 } })).toBe(
      'churn.json has a value at "candidates[0].options.share" above the limit of 1.',
    );
    expect(setting('candidates.0', { kind: 'tests/centroid', options: { shre: 1 } })).toBe(
      'churn.json has the unknown key "candidates[0].options.shre": did you mean "share"? Known are share, shift.',
    );
    const search = { method: 'grid', options: { share: [0.5, 1] } };
    const [candidate] = parse({ kind: 'tests/centroid', search }).candidates;
    expect(candidate!.search!.trials).toEqual([
      { share: 0.5, shift: 0 },
      { share: 1, shift: 0 },
    ]);
    expect(candidate).toMatchObject({ version: '3', options: { share: 0.5, shift: 0 } });
  });

  it.each<[sentence: string, change: Partial<Learner>]>([
    ['two learners of the kind tests/centroid', {}],
    ['not of the form owner/learner', { predictor: { ...centroid.predictor, kind: 'Tests/x' } }],
    ['tests/other has no version', { predictor: { ...centroid.predictor, kind: 'tests/other' }, version: '' }],
    [
      'does not say where its predictor is',
      { predictor: { ...centroid.predictor, kind: 'tests/other' }, predictorModule: './x.js' },
    ],
    [
      'option share of the learner tests/other has no default',
      {
        predictor: { ...centroid.predictor, kind: 'tests/other' },
        options: z.object({ share: z.number() }) as unknown as Learner['options'],
      },
    ],
  ])('is refused: %s', (sentence, change) => {
    registerLearner(centroid);
    expect(() => registerLearner({ ...(centroid as unknown as Learner), ...change })).toThrow(sentence);
  });
});
