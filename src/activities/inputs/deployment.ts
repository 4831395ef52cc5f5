import { z } from 'zod';
import { PROOFS } from '../../contracts/vocabulary.js';
import { aliasName, completeDeployment, functionName } from '../../definition/deployment-schema.js';
import { actor, functionVersion, model, store, tally, text, version, definition, runName, time } from './parse.js';
import { registeredModel } from './results.js';

/* What decisions, deployments and rollbacks are given. */

const proof = z.enum(PROOFS);

const identity = z.strictObject({ name: actor, proof });

/** Base64 of at most this many bytes: of signatures, which have 64, and of MACs, which have 32. */
const bytes = z.string().max(128);

const evidence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('os-user'), mac: bytes }),
  z.strictObject({ kind: z.literal('signed'), signature: bytes }),
  z.strictObject({
    kind: z.literal('aws'),
    region: z.string().max(64),
    authorization: z.string().max(1024),
    date: z.string().max(32),
    token: z.string().max(8192).nullable(),
  }),
]);

/** Parts of a claim, which other inputs have as well. */
const claimParts = { by: actor, at: time, evidence: evidence.nullable() };
const claim = z.strictObject(claimParts);

/** What somebody says, and that they say it. */
export const claimed = z.strictObject({
  statement: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('decision'),
      verb: z.enum(['approve', 'reject']),
      workflowId: runName,
      runId: runName,
      question: tally,
      model: registeredModel,
      because: text,
    }),
    z.strictObject({ kind: z.literal('start'), workflowId: runName, definition }),
    z.strictObject({
      kind: z.literal('rollback'),
      workflowId: runName,
      model,
      to: version.nullable(),
      functionName,
      alias: aliasName,
      because: text,
    }),
  ]),
  claim,
  received: time,
});

/** Why a run began. */
export const origin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), by: identity, claim: claim.exactOptional() }),
  z.strictObject({ kind: z.literal('schedule'), id: runName }),
  z.strictObject({ kind: z.literal('episode'), id: runName, what: text }),
  z.strictObject({ kind: z.literal('run'), workflowId: runName }),
]);

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
