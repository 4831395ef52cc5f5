import type { Calibration } from '../../contracts/learner.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { MONITORING_REFERENCE_SCHEMA_VERSION, type MonitoringReference } from '../../contracts/reference.js';
import { parseReference } from './parse-reference.js';

/** Points of a calibration; out-of-fold scores are fewer by far. */
const MAX_CALIBRATION_POINTS = 1_000_000;

/**
 * Reads a stored reference and checks every value, so that what compares with it need not.
 * @throws PipelineFailure `ArtifactCorrupt` naming the place
 */
export function parseMonitoringReference(bytes: Uint8Array): MonitoringReference {
  const document = jsonOf(bytes);
  if (!isRecord(document)) throw corrupt('is not a JSON object');
  const { schemaVersion, model, profile, calibration } = document;
  if (schemaVersion !== MONITORING_REFERENCE_SCHEMA_VERSION)
    throw corrupt(`does not have schemaVersion ${MONITORING_REFERENCE_SCHEMA_VERSION}, the only one this code reads`);
  if (typeof model !== 'string' || model === '') throw corrupt('has no model name');
  return { schemaVersion, model, profile: parseReference(profile), calibration: checkedCalibration(calibration) };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt('is not JSON in UTF-8', cause);
  }
}

function checkedCalibration(value: unknown): Calibration {
  if (isRecord(value) && value['kind'] === 'platt') {
    const { kind, intercept, slope } = value;
    if (isNumber(intercept) && isNumber(slope) && slope >= 0) return { kind, intercept, slope };
  }
  if (isRecord(value) && value['kind'] === 'isotonic') {
    const { kind, scores, probabilities } = value;
    if (isAscending(scores) && isAscending(probabilities) && scores.length === probabilities.length)
      return { kind, scores, probabilities };
  }
  throw corrupt('has a calibration of no known kind, or with numbers out of order');
}

/** Numbers in [0, 1], none less than the one before, at least one. */
const isAscending = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MAX_CALIBRATION_POINTS &&
  value.every((entry: unknown, i) => isNumber(entry) && entry >= (i === 0 ? 0 : Number(value[i - 1])) && entry <= 1);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function corrupt(sentence: string, cause?: unknown): PipelineFailure {
  const message = `The stored monitoring reference ${sentence}; train the model again with this version of the code.`;
  return new PipelineFailure('ArtifactCorrupt', message, { cause });
}
