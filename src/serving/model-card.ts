import { chanceDoubt } from '../model/chance.js';
import type { ModelDocument } from '../contracts/model.js';
import { checkInteger, checkRecord, checkText } from '../model/checks.js';
import { featureCard } from '../model/features.js';

/** Which model answers: its registered name and version, and the SHA-256 of its `model.json`. */
export interface ModelMeta {
  name: string;
  version: number;
  sha256: string;
}

/**
 * Reads `meta.json`.
 * @throws PipelineFailure `ModelInvalid`
 */
export function parseModelMeta(text: string): ModelMeta {
  const item = checkRecord(JSON.parse(text), 'meta.json', ['name', 'version', 'sha256']);
  return {
    name: checkText(item.name, 'meta.json name', /^[^\p{Cc}]{1,200}$/u, 'text of 1 to 200 characters'),
    version: checkInteger(item.version, 'meta.json version', 1, Number.MAX_SAFE_INTEGER),
    sha256: checkText(item.sha256, 'meta.json sha256', /^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits'),
  };
}

/** What a caller may know about the model: inputs, labels, provenance and measured quality; not its parameters. */
export function modelCard(document: ModelDocument, meta: ModelMeta): Record<string, unknown> {
  const doubt = chanceDoubt(document.metrics.crossValidated.rocAuc);
  return {
    ...meta,
    features: document.features.map(featureCard),
    labels: document.labels,
    threshold: document.threshold,
    thresholdChoice: document.thresholdChoice,
    calibration: document.calibration?.kind ?? 'none',
    estimator: document.estimator.kind,
    training: document.training,
    metrics: document.metrics,
    warnings: doubt === null ? [] : [`By cross-validation the model ${doubt}.`],
  };
}
