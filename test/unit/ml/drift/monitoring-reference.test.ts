import { describe, expect, it } from 'vitest';
import { buildReference } from '../../../../src/ml/drift/build-reference.js';
import { fitCalibration } from '../../../../src/ml/evaluation/calibration.js';
import { parseMonitoringReference } from '../../../../src/ml/drift/parse-reference.js';
import { createRandom } from '../../../../src/ml/random.js';

function documentOf(rows: number) {
  const random = createRandom(3);
  const scores = new Float64Array(rows).map(() => random.float());
  const labels = Uint8Array.from(scores, (score) => (random.float() < score ? 1 : 0));
  const predictions = Uint8Array.from(scores, (score) => (score >= 0.5 ? 1 : 0));
  return {
    schemaVersion: 1,
    model: 'tried',
    profile: buildReference({ features: [{ name: 'a', values: scores }], scores, predictions, labels }),
    calibration: fitCalibration(scores, labels),
  };
}

const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));
const small = documentOf(30);
const isotonic = { kind: 'isotonic', scores: [0.1, 0.5, 0.5], probabilities: [0, 0.4, 1] };

describe('parseMonitoringReference', () => {
  it.each([
    ['small', 30, 'platt'],
    ['large', 12_000, 'isotonic'],
  ])('reads a %s one as it was written', (_, rows, kind) => {
    const document = documentOf(rows);
    expect(document.calibration.kind).toBe(kind);
    expect(parseMonitoringReference(bytesOf(document))).toEqual(document);
  });

  it.each([
    ['bytes that are no JSON', Buffer.from('{"schemaVersion":1'), 'is not JSON in UTF-8'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is not JSON in UTF-8'],
    ['another kind of document', bytesOf([]), 'is not a JSON object'],
    ['a later version', bytesOf({ ...small, schemaVersion: 2 }), 'does not have schemaVersion 1'],
    ['no name', bytesOf({ ...small, model: '' }), 'has no model name'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseMonitoringReference(bytes)).toThrow(
      expect.objectContaining({
        type: 'ArtifactCorrupt',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('refuses a profile that is damaged', () => {
    expect(() => parseMonitoringReference(bytesOf({ ...small, profile: {} }))).toThrow(
      expect.objectContaining({ type: 'ArtifactCorrupt' }) as Error,
    );
  });

  it('reads an isotonic calibration with steps', () => {
    expect(parseMonitoringReference(bytesOf({ ...small, calibration: isotonic })).calibration).toEqual(isotonic);
  });

  it.each([
    undefined,
    { kind: 'platt', intercept: 0 },
    { kind: 'platt', intercept: 'x', slope: 1 },
    { kind: 'platt', intercept: 0, slope: -1 },
    { ...isotonic, kind: 'other' },
    { ...isotonic, scores: [] },
    { ...isotonic, scores: [0.5, 0.1, 0.6] },
    { ...isotonic, probabilities: [0, 1] },
    { ...isotonic, probabilities: [0, 0.4, 1.1] },
    { ...isotonic, probabilities: [0, null, 1] },
    { kind: 'isotonic', scores: [], probabilities: [] },
  ])('refuses the calibration %j', (calibration) => {
    expect(() => parseMonitoringReference(bytesOf({ ...small, calibration }))).toThrow(
      'The stored monitoring reference has a calibration of no known kind, or with numbers out of order',
    );
  });
});
