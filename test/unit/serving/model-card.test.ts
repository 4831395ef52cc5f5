import { describe, expect, it } from 'vitest';
import { modelCard } from '../../../src/serving/model-card.js';
import { ISOTONIC, modelDocument, PLATT, THRESHOLD_CHOICES } from '../model/models.js';

const META = { name: 'anemia', version: 3, sha256: 'a'.repeat(64) };

describe('modelCard', () => {
  it.each(THRESHOLD_CHOICES)('tells where the threshold came from: $rule.rule', (thresholdChoice) => {
    const card = modelCard({ ...modelDocument(), threshold: 0.31, thresholdChoice }, META);
    expect(card).toMatchObject({ ...META, threshold: 0.31, thresholdChoice });
  });

  it.each([
    ['none', null],
    ['platt', PLATT],
    ['isotonic', ISOTONIC],
  ] as const)('names the calibration %s, without its numbers', (name, calibration) => {
    expect(modelCard({ ...modelDocument(), calibration }, META)['calibration']).toBe(name);
  });
});
