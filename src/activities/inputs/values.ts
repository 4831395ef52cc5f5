import { z } from 'zod';
import type { ArtifactRef } from '../../contracts/artifact.js';
import { MOST_ADDRESS } from '../../definition/dataset-address.js';
import { modelName } from '../../definition/keys.js';
import { completeDefinition } from '../../definition/schema.js';

/** Lower-case hexadecimal SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 of 64 hexadecimal digits');

export const uri = z.string().max(MOST_ADDRESS);

export const artifact: z.ZodType<ArtifactRef> = z.strictObject({ uri, sha256, bytes: z.number().int().min(0) });

/** A number of rows or of other things. */
export const tally = z.number().int().min(0);

/** Number of a registered version. */
export const version = z.number().int().min(1);

/** ISO 8601 in UTC, as `Date.toISOString` writes it. */
export const time = z.iso.datetime();

/** Number of a version of the function. */
export const functionVersion = z.string().regex(/^(\$LATEST|\d{1,20})$/, 'must be the number of a function version');

/** Workflow ids, run ids, and both with a slash between them. */
export const runName = z.string().min(1).max(1000);

/** Prose: warnings, reasons, what was found. */
export const text = z.string();

/** Who did or asked something: a person, a workflow id, the definition. */
export const actor = z.string().min(1).max(1000);

export const model = modelName;

/** Id of the store that a run is of. */
export const store = z.uuid();

/** A definition with its candidates. */
export const definition = completeDefinition.refine(({ candidates }) => candidates.length > 0, {
  path: ['candidates'],
  message: 'must have a candidate',
});

/** A definition, with or without its candidates. */
export const definitionAlone = completeDefinition;
