import { z } from 'zod';
import { aliasName, completeDeployment, functionName } from '../../definition/deployment-schema.js';
import { claimParts, identity, proof } from './origin.js';
import { registeredModel } from './results.js';
import { actor, functionVersion, model, store, tally, text, version } from './parse.js';

const routing = z.strictObject({
  functionVersion,
  canary: z.strictObject({ functionVersion, percent: z.number().gt(0).lt(100) }).nullable(),
});

/** Who may decide where a step waits for a person. */
const deciders = z.strictObject({ by: z.array(actor), fourEyes: z.boolean(), starter: identity.nullable() });

export const deployInput = z.strictObject({
  store,
  model: registeredModel,
  policy: completeDeployment,
  reason: text,
  by: actor,
  proof: proof.exactOptional(),
  deciders: deciders.exactOptional(),
  judgedAgainst: version.nullable(),
  functionVersion: functionVersion.exactOptional(),
});

export const shiftInput = z.strictObject({
  input: deployInput,
  expected: routing.nullable().exactOptional(),
  routing: routing.nullable(),
  undo: z.literal(true).exactOptional(),
  versions: z.record(functionVersion, version.nullable()),
});

export const trafficInput = z.strictObject({
  input: deployInput,
  candidate: functionVersion,
  former: functionVersion,
  champion: version.nullable(),
  since: tally,
  until: tally,
});

export const rollbackInput = z.strictObject({
  store,
  model,
  to: version.nullable(),
  functionName,
  alias: aliasName,
  ...claimParts,
  because: text,
  again: z.literal(true).exactOptional(),
});

export const decided = z.strictObject({
  model: registeredModel,
  decision: z.enum(['approved', 'rejected']),
  by: actor,
  proof: proof.nullable(),
  because: z.string().min(1),
});
