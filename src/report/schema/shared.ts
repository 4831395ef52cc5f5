import { z } from 'zod';
import type { ThresholdRule } from '../../definition/learning-schema.js';
import { DRIFT_TEST_NAMES, METRIC_NAMES, PROOFS, WARNING_CODES } from '../../contracts/vocabulary.js';

/*
 * Parts of the documents, which are what contracts are made of, too: nothing that has contracts in it is imported here. Descriptions
 * go into the JSON Schemas, which are made from these.
 */

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
/** A measured value with its confidence interval. `null` where the metric is undefined (no positives, for example). */
export type Estimate = z.output<typeof estimate>;

export const artifact = z
  .object({ uri: text, sha256, bytes: count })
  .meta({ id: 'ArtifactRef', description: 'Bytes in the artifact store, and their hash' });
/**
 * Where bytes live (a `file:` or `s3:` URI) and how to know that they are the right ones: every reader checks the hash. The only
 * way data travels through a workflow.
 */
export type ArtifactRef = z.output<typeof artifact>;

export const difference = z
  .object({ value: number, low: number, high: number })
  .meta({ id: 'Difference', description: 'A difference with its interval; positive is better for the first' });
/** A difference with its interval; positive is better for the first. */
export type Difference = z.output<typeof difference>;

export const metricTable = z.record(metricName, estimate).meta({ id: 'MetricTable' });
/** An estimate for every metric. */
export type MetricTable = z.output<typeof metricTable>;

export const confusion = z
  .object({ truePositives: count, falsePositives: count, trueNegatives: count, falseNegatives: count })
  .meta({ id: 'ConfusionMatrix', description: 'Counts, or mean counts over repeats' });
/** Counts, or mean counts over repeats, of predictions against the truth. */
export type ConfusionMatrix = z.output<typeof confusion>;

const calibrationBin = z.object({ meanScore: share, positiveShare: share, rows: count });
/** The rows whose score falls in one bin, at least one: their mean score, and the share of them that are positive. */
export type CalibrationBin = z.output<typeof calibrationBin>;
export const calibration = z
  .array(calibrationBin)
  .describe('Ten equal-width bins of the score; empty ones are left out');

export const modelVersion = z.object({ name: text, version: count, sha256 }).meta({ id: 'ModelVersion' });
/** A version of a model, and the SHA-256 of its document. */
export type RegisteredModel = z.output<typeof modelVersion>;

export const addresses = z
  .object({ html: text, json: text })
  .meta({ id: 'ReportAddress', description: 'Addresses of a report as page and as document' });
/** Where a report is, as a page and as a document. */
export type ReportAddress = z.output<typeof addresses>;

export const window = z
  .object({ from: time, to: time })
  .meta({ id: 'TimeWindow', description: 'Half-open: from is in it, to is not' });
/** Half-open: `from` is in it, `to` is not. ISO 8601, UTC. */
export type TimeWindow = z.output<typeof window>;

export const warning = z.object({ code: z.enum(WARNING_CODES), message: text }).meta({ id: 'Warning' });
/** Something a person should know before trusting the model; never stops the run. */
export type Warning = z.output<typeof warning>;

export const proof = z.enum(PROOFS);
const identity = z.object({ name: text, proof });
/** Who did something, and how far that is proved. */
export type Identity = z.output<typeof identity>;

export const origin = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('person'), by: identity }),
    z.object({ kind: z.literal('schedule'), id: text }),
    z.object({ kind: z.literal('episode'), id: text, what: text.describe('The episode for people') }),
    z.object({ kind: z.literal('run'), workflowId: text }),
  ])
  .meta({ id: 'RunOrigin', description: 'Why a run began; a claimed name is one that nothing proves' });
/** Why a training run began, as it is reported: without what proves who began it. */
export type ReportedOrigin = z.output<typeof origin>;

export const driftTest = z.object({
  name: z.enum(DRIFT_TEST_NAMES),
  value: number,
  threshold: number,
  drifted: z.boolean(),
});
/**
 * A column of the window against the reference, as one test sees it: a p-value or a distance (`DRIFT_STATISTICS` says which), and
 * whether it is on the side of the threshold that is drift.
 */
export type DriftTest = z.output<typeof driftTest>;

/** The definition's own, without its limits: a report is of what was, whatever may be asked for by now. */
const rule = z
  .union([
    z.object({ rule: z.literal('fixed'), value: share }),
    z.object({ rule: z.literal('recall'), atLeast: share }),
    z.object({ rule: z.literal('cost'), falsePositive: number, falseNegative: number }),
    z.object({ rule: z.literal('youden') }),
  ])
  .meta({ id: 'ThresholdRule' }) satisfies z.ZodType<ThresholdRule>;

export const thresholdChoice = z
  .object({
    rule,
    rows: count.describe('Training rows with an out-of-fold score'),
    positives: count,
    recall: measured,
    specificity: measured,
    precision: measured,
  })
  .meta({ id: 'ThresholdChoice', description: 'What the threshold meant on out-of-fold scores' });
/** Why the decision threshold is what it is, and what it meant for rows the model had not seen; `null` where a class has none. */
export type ThresholdChoice = z.output<typeof thresholdChoice>;
