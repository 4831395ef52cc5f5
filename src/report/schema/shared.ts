import { z } from 'zod';
import { CANDIDATE_KINDS } from '../../ml/learners/index.js';
import { METRIC_NAMES } from '../../contracts/metrics.js';

/* Parts of both documents. Descriptions go into the JSON Schemas, which are made from these. */

export const text = z.string();
export const number = z.number();
export const measured = z.number().nullable();
export const count = z.number().min(0);
export const share = z.number().min(0).max(1);
export const time = z.string().describe('ISO 8601, UTC');
export const sha256 = z.string().describe('Lower-case hexadecimal SHA-256');

export const metricName = z.enum(METRIC_NAMES).meta({ id: 'MetricName' });

export const estimate = z
  .object({ value: measured, low: measured, high: measured })
  .meta({ id: 'Estimate', description: 'A value with its interval; null where it is undefined' });

export const candidateKind = z
  .union([z.enum(CANDIDATE_KINDS), z.templateLiteral([z.string(), '/', z.string()])])
  .meta({ id: 'CandidateKind', description: 'A built-in kind, or owner/learner' });

export const artifact = z
  .object({ uri: text, sha256, bytes: count })
  .meta({ id: 'ArtifactRef', description: 'Bytes in the artifact store, and their hash' });

export const difference = z
  .object({ value: number, low: number, high: number })
  .meta({ id: 'Difference', description: 'A difference with its interval; positive is better for the first' });
export type Difference = z.output<typeof difference>;

export const metricTable = z.record(metricName, estimate).meta({ id: 'MetricTable' });

export const confusion = z
  .object({ truePositives: count, falsePositives: count, trueNegatives: count, falseNegatives: count })
  .meta({ id: 'ConfusionMatrix', description: 'Counts, or mean counts over repeats' });

export const calibration = z
  .array(z.object({ meanScore: share, positiveShare: share, rows: count }))
  .describe('Ten equal-width bins of the score; empty ones are left out');

export const modelVersion = z.object({ name: text, version: count, sha256 }).meta({ id: 'ModelVersion' });
export type RegisteredModel = z.output<typeof modelVersion>;

export const addresses = z
  .object({ html: text, json: text })
  .meta({ id: 'ReportAddress', description: 'Addresses of a report as page and as document' });
export type ReportAddress = z.output<typeof addresses>;

export const window = z
  .object({ from: time, to: time })
  .meta({ id: 'TimeWindow', description: 'Half-open: from is in it, to is not' });
export type TimeWindow = z.output<typeof window>;
