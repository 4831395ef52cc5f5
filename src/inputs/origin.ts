import { z } from 'zod';
import { actor, runName, text } from './values.js';

export const identity = z.strictObject({ name: actor, proof: z.enum(['claimed', 'os-user', 'signed', 'aws']) });

/** Why a run began. */
export const origin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), by: identity }),
  z.strictObject({ kind: z.literal('schedule'), id: runName }),
  z.strictObject({ kind: z.literal('episode'), id: runName, what: text }),
  z.strictObject({ kind: z.literal('run'), workflowId: runName }),
]);
