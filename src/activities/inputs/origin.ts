import { z } from 'zod';
import { aliasName, functionName } from '../../definition/deployment-schema.js';
import { registeredModel } from './results.js';
import { actor, definition, model, runName, tally, text, time, version } from './parse.js';

export const proof = z.enum(['claimed', 'os-user', 'signed', 'aws']);

export const identity = z.strictObject({ name: actor, proof });

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
export const claimParts = { by: actor, at: time, evidence: evidence.nullable() };
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
